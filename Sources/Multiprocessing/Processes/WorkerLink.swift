// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The parent's side of one worker process: its conversation, its output, its end.
///
/// A reactor turns it: attach it to one, and its events come on the reactor's thread, frames in order and `ended` last.
/// Frames may be sent from any thread; none waits.
///
/// Rules:
/// 1. The parent holds only its own ends, so the end of a conversation always arrives.
/// 2. `ended` comes after everything that the worker had sent before its end, its output included.
/// 3. A worker whose conversation has ended is of no use: it is killed, and its end is what is reported.
final class WorkerLink: Sendable {
    enum Event: Sendable {
        /// What came over the socket.
        case frames([ReceivedFrame])
        /// Something may have come through the memory: see `takeFrames`.
        case bell
        case ended(ExitRecord, LastWords)
    }

    struct State: ~Copyable {
        var reactor: Reactor?
        var handler: (@Sendable (Event) -> Void)?
        var tokens: [(number: Int32, token: Reactor.Token)] = []
        var socketToken: Reactor.Token = 0
        var watchesForRoom = false
        var assembler = FrameAssembler()
        var outgoing = OutgoingFrames()
        /// Where the conversation goes on, if not over the socket.
        var memory: WorkerMemory?
        var bell: Doorbell?
        var reader = SharedPipe.ReaderPlace()
        var writer = SharedPipe.WriterPlace()
        var conversationIsOver = false
        var hasEnded = false
    }

    let process: ProcessHandle
    let socket: Descriptor
    let output: WorkerOutputReader
    /// Where the fork server reports the end; nil for our own child.
    let report: Descriptor?
    /// Kept alive as long as its workers are.
    private let server: ForkServerClient?
    let state = Mutex(State())

    init(
        process: consuming ProcessHandle, socket: consuming Descriptor, output: WorkerOutputReader,
        report: consuming Descriptor?, server: ForkServerClient?, unsent: OutgoingFrames, memory: WorkerRoom? = nil
    ) {
        self.process = process
        self.socket = socket
        self.output = output
        self.report = report
        self.server = server
        state.withLock { state in
            state.outgoing = unsent
            state.memory = memory?.memory
            state.bell = memory?.bell
        }
    }

    /// Nobody waits for it any more: a worker never outlives its parent's interest.
    deinit {
        guard !state.withLock({ $0.hasEnded }) else { return }
        process.send(signal: Signal.kill)
        if report == nil { _ = process.reap(blocking: true) }
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Begins to deliver events through this reactor. Once only. Lines that the worker writes bear the label of the
    /// moment when they are read.
    func attach(
        to reactor: Reactor, label: @escaping @Sendable () -> WorkerLabel = { WorkerLabel() },
        _ handler: @escaping @Sendable (Event) -> Void
    ) throws(SystemError) {
        output.label(by: label)
        state.withLock { state in
            state.reactor = reactor
            state.handler = handler
        }
        // Weak: the reactor's table must not keep a link alive that its owner has dropped.
        let socketToken = try watch(socket.number, reactor, socketInterest) { [weak self] in self?.socketIsReady() }
        state.withLock { $0.socketToken = socketToken }
        for stream in output.streams {
            _ = try watch(stream.number, reactor) { [weak self] in self?.read(stream) }
        }
        try watchMemory(reactor)
        _ = try watch(endDescriptor, reactor) { [weak self] in self?.mayHaveEnded() }
        // What was sent before may still wait for room.
        flush()
    }

    /// Delivers no further events, and forgets who wanted them, whom it answers.
    @discardableResult
    func detach() -> (@Sendable (Event) -> Void)? {
        let (tokens, reactor, handler) = state.withLock { state in
            defer {
                state.tokens = []
                state.handler = nil
            }
            return (state.tokens, state.reactor, state.handler)
        }
        for (number, token) in tokens { reactor?.remove(number, token) }
        output.forgetLabel()
        return handler
    }

    /// Readable once the worker has ended.
    private var endDescriptor: Int32 {
        // A switch, because a noncopyable optional cannot be mapped over.
        switch report {
        case .some(let report): report.number
        case nil: process.descriptor.number
        }
    }

    func watch(
        _ number: Int32, _ reactor: Reactor, _ interest: Interest = .reading, _ handler: @escaping @Sendable () -> Void
    ) throws(SystemError) -> Reactor.Token {
        let token = try reactor.add(number, interest, handler)
        state.withLock { $0.tokens.append((number, token)) }
        return token
    }

    func unwatch(_ number: Int32) {
        let (reactor, token) = state.withLock { state -> (Reactor?, Reactor.Token?) in
            guard let index = state.tokens.firstIndex(where: { $0.number == number }) else { return (nil, nil) }
            return (state.reactor, state.tokens.remove(at: index).token)
        }
        if let token { reactor?.remove(number, token) }
    }

    // MARK: Sending

    /// Sends a frame, in the background if it does not fit now. To a worker that is gone it does nothing: its end
    /// is on the way. The frame's handles are held until it has begun to leave.
    func send(_ frame: MessageBody) {
        state.withLock { state in
            guard !state.conversationIsOver else { return }
            state.outgoing.append(frame)
            state.flush(socket.number)
        }
    }

    func flush() {
        state.withLock { state in
            guard !state.outgoing.isEmpty || state.watchesForRoom else { return }
            state.flush(socket.number)
        }
    }

    private func socketIsReady() {
        flush()
        guard usesMemory else { return receive() }
        // It is watched for its end, and perhaps for room.
        guard Transfer.peerHasEnded(socket.number) else { return }
        state.withLock { $0.handler }?(.bell)
        endConversation()
    }

    var usesMemory: Bool { state.withLock { $0.memory != nil } }

    private var socketInterest: Interest { usesMemory ? .ending : .reading }

    // MARK: Ending

    /// Sends a signal; false when the worker has ended.
    @discardableResult
    func signal(_ signal: Int32) -> Bool { process.send(signal: signal) }

    /// Kills the worker and what it has started. What is left of its group when it has ended already is killed with its
    /// reaping.
    func killGroup() {
        if process.hasEnded { return }
        process.killGroup()
        signal(Signal.kill)
    }

    /// Rule 3.
    func endConversation() {
        let isFirst = state.withLock { state in
            defer { state.conversationIsOver = true }
            return !state.conversationIsOver
        }
        guard isFirst else { return }
        unwatch(socket.number)
        // A worker on its way out by itself keeps its own status: what made it end is decided already.
        signal(Signal.kill)
    }

    private func mayHaveEnded() {
        guard let record = endRecord() else { return }
        // Rule 2.
        if usesMemory { state.withLock { $0.handler }?(.bell) } else { receive() }
        let lastWords = output.readToEnd()
        state.withLock { state in
            state.hasEnded = true
            state.conversationIsOver = true
        }
        detach()?(.ended(record, lastWords))
    }

    /// How the worker ended, or nil when it was a false alarm.
    private func endRecord() -> ExitRecord? {
        switch report {
        case nil: return process.reap(blocking: false)
        case .some(let report):
            if let (record, _) = try? DescriptorMessage.receive(ExitRecord(), over: report.number) { return record }
            // The server is gone, and its report with it: the handle will tell when.
            if process.hasEnded {
                process.killRestOfGroup()
                return process.exitInformation()
            }
            watchHandleInstead(of: report.number)
            return nil
        }
    }

    private func watchHandleInstead(of report: Int32) {
        unwatch(report)
        guard let reactor = state.withLock({ $0.reactor }) else { return }
        do {
            _ = try watch(process.descriptor.number, reactor) { [weak self] in self?.mayHaveEnded() }
        } catch {
            // Unwatchable and so unmanageable: end it, and report with the next event of its conversation.
            signal(Signal.kill)
        }
    }
}

extension WorkerLink.State {
    /// Asks to be told of room only while something waits for it.
    mutating func updateInterest(_ number: Int32) {
        let isWriting = memory == nil ? !outgoing.isEmpty : outgoing.waitsForSocket
        guard socketToken != 0, !conversationIsOver, isWriting != watchesForRoom else { return }
        watchesForRoom = isWriting
        let interest: Interest = memory == nil ? .reading : .ending
        reactor?.change(number, socketToken, to: isWriting ? [interest, .writing] : interest)
    }
}
