// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The streams of a worker that is about to be started: our ends and its ends.
struct WorkerStreams: ~Copyable, Sendable {
    private let destination: WorkerOutput
    private let output: Descriptor?
    private let error: Descriptor?
    /// What the worker is given.
    let workerOutput: DescriptorHandle?
    let workerError: DescriptorHandle?

    static func make(_ destination: WorkerOutput) throws(SystemError) -> WorkerStreams {
        switch destination {
        case .inherited:
            return WorkerStreams(destination: destination, output: nil, error: nil, workerOutput: nil, workerError: nil)
        case .passedThrough, .discarded:
            let pipe = try readablePipe()
            // Told apart here rather than in the worker: it is given a descriptor, or none.
            let nowhere: DescriptorHandle? =
                if case .discarded = destination { DescriptorHandle(try Descriptor.nowhere()) } else { nil }
            return WorkerStreams(
                destination: destination, output: nil, error: pipe.first, workerOutput: nowhere,
                workerError: DescriptorHandle(pipe.second))
        case .lines:
            let pipe = try readablePipe()
            let second = try readablePipe()
            return WorkerStreams(
                destination: destination, output: pipe.first, error: second.first,
                workerOutput: DescriptorHandle(pipe.second), workerError: DescriptorHandle(second.second))
        }
    }

    private static func readablePipe() throws(SystemError) -> DescriptorPair {
        let pipe = try DescriptorPair.pipe()
        try pipe.first.makeNonBlocking()
        return pipe
    }

    /// What the worker is given, as numbers; valid while this is there.
    var forChild: ChildStreams { ChildStreams(output: workerOutput?.number, error: workerError?.number) }

    /// Keeps our ends and closes the worker's.
    consuming func reader(of process: Int32) -> WorkerOutputReader {
        WorkerOutputReader(of: process, destination, output: output, error: error)
    }
}

/// Reads what one worker writes, hands it on, and keeps the end of its standard error.
///
/// Called by the link's reactor; holds at most one unfinished line a stream, however much is written.
final class WorkerOutputReader: Sendable {
    /// A stream that is read, by the number of its descriptor.
    struct Stream: Sendable {
        let kind: WorkerOutputLine.Stream
        let number: Int32
    }

    fileprivate struct State {
        var output = LineAssembler()
        var error = LineAssembler()
        var lastWords = LastWords()
        var label: (@Sendable () -> WorkerLabel)?
    }

    private static let chunk = 16 << 10
    /// Of one stream at one time, lest a worker that never stops writing keeps the others waiting.
    private static let mostChunks = 16
    /// At the end: more than any pipe holds, and an end even if a program that has left the group goes on writing.
    private static let mostLastChunks = 128

    private let process: Int32
    private let destination: WorkerOutput
    private let output: Descriptor?
    private let error: Descriptor?
    private let state = Mutex(State())

    init(
        of process: Int32, _ destination: WorkerOutput, output: consuming Descriptor?, error: consuming Descriptor?
    ) {
        self.process = process
        self.destination = destination
        self.output = output
        self.error = error
    }

    /// The streams that are read.
    var streams: [Stream] {
        var streams: [Stream] = []
        // Switches, because a noncopyable optional of a class can only be looked at so.
        switch output {
        case .some(let end): streams.append(Stream(kind: .output, number: end.number))
        case nil: break
        }
        switch error {
        case .some(let end): streams.append(Stream(kind: .error, number: end.number))
        case nil: break
        }
        return streams
    }

    /// Whether somebody wants to know which work wrote what.
    var isLabelled: Bool { if case .lines = destination { true } else { false } }

    func label(by label: @escaping @Sendable () -> WorkerLabel) {
        if isLabelled { state.withLock { $0.label = label } }
    }

    /// Lets go of whoever made the labels.
    func forgetLabel() {
        // Released after the lock.
        _ = state.withLock { state in
            defer { state.label = nil }
            return state.label
        }
    }

    // MARK: Reading

    /// Takes what is there now, or a good part of it.
    func read(_ stream: Stream) { read(stream, most: Self.mostChunks) }

    func readAll() { for stream in streams { read(stream) } }

    /// Takes the rest, of a worker that has ended.
    func readToEnd() -> LastWords {
        for stream in streams {
            read(stream, most: Self.mostLastChunks)
            let rest = state.withLock { $0.finish(stream.kind) }
            if let rest { handOn(rest, stream.kind) }
        }
        return state.withLock { $0.lastWords }
    }

    private func read(_ stream: Stream, most: Int) {
        for _ in 0..<most {
            let bytes = Self.bytes(from: stream.number)
            if bytes.isEmpty { return }
            for block in state.withLock({ $0.append(bytes, stream.kind) }) { handOn(block, stream.kind) }
            // A short read has emptied the pipe.
            if bytes.count < Self.chunk { return }
        }
    }

    private static func bytes(from number: Int32) -> [UInt8] {
        // The buffer is ours for the closure; what was read is copied out of it.
        unsafe withUnsafeTemporaryAllocation(byteCount: chunk, alignment: 1) { buffer in
            guard case .moved(let count) = unsafe Transfer.readNow(number, into: buffer) else { return [] }
            return unsafe Array(buffer.prefix(count))
        }
    }

    // MARK: Handing on

    /// One at a time in this process: several threads read for workers, and a long write to a pipe is no unit.
    private static let passage = Monitor(())

    private func handOn(_ block: [UInt8], _ stream: WorkerOutputLine.Stream) {
        let text = stream == .error ? keep(block) : block
        if text.isEmpty { return }
        switch destination {
        case .passedThrough: Self.passage.update { _ in try? StandardStream.error.writeAll(text) }
        case .lines(let handler): handOn(text, stream, to: handler)
        case .discarded, .inherited: break
        }
    }

    private func handOn(
        _ block: [UInt8], _ stream: WorkerOutputLine.Stream, to handler: @Sendable (WorkerOutputLine) -> Void
    ) {
        let label = state.withLock { $0.label }?() ?? WorkerLabel()
        for line in LineAssembler.lines(in: block) {
            handler(
                WorkerOutputLine(
                    stream: stream, bytes: Array(line), processIdentifier: process, worker: label.worker,
                    work: label.work))
        }
    }

    /// Takes the record of a crash out of it, and keeps the end of the rest.
    private func keep(_ block: [UInt8]) -> [UInt8] {
        let (text, records) = CrashRecord.separate(block)
        state.withLock { state in
            state.lastWords.append(text)
            // A copy of the worker that its work has forked would write here, too.
            if let record = records.last(where: { $0.processIdentifier == process }) {
                state.lastWords.backtrace = CrashReport.Backtrace(record)
            }
        }
        return text
    }
}

extension WorkerOutputReader.State {
    fileprivate mutating func append(_ bytes: [UInt8], _ stream: WorkerOutputLine.Stream) -> [[UInt8]] {
        switch stream {
        case .output: output.append(bytes)
        case .error: error.append(bytes)
        }
    }

    fileprivate mutating func finish(_ stream: WorkerOutputLine.Stream) -> [UInt8]? {
        switch stream {
        case .output: output.finish()
        case .error: error.finish()
        }
    }
}

/// What a worker leaves behind on its standard error.
struct LastWords: Sendable {
    static let size = 16 << 10

    private(set) var tail: [UInt8] = []
    var backtrace: CrashReport.Backtrace?

    mutating func append(_ new: [UInt8]) {
        tail += new.suffix(Self.size)
        if tail.count > Self.size { tail.removeFirst(tail.count - Self.size) }
    }
}
