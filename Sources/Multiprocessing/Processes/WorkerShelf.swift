// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A worker that a fork server has made and nobody has told anything yet.
struct ReadyWorker: ~Copyable {
    let process: ProcessHandle
    let conversation: Descriptor
    /// Where the server reports its end.
    let report: Descriptor
}

/// Where a fork server lays down its workers and its client takes them: a pair of sockets.
///
/// Rules:
/// 1. What lies there is a message that nobody has received yet; its descriptors are open in no process. Client and
///    server both hold the receiving end, and the kernel gives each message to one of them: so a worker that is no
///    longer needed can be taken back without a word, and never while it is being taken.
/// 2. The server alone holds the sending end. When the server is gone, so is the client's wait.
/// 3. One worker at most lies there, or the news why there is none, which comes only to who waits for it.
struct WorkerShelf: ~Copyable {
    /// The message: the worker's number, or an error; with a worker come its handle and two descriptors.
    private struct Label: BitwiseCopyable {
        var processIdentifier: Int32 = 0
        var error: Int32 = 0
    }

    private let front: Descriptor

    private init(front: consuming Descriptor) { self.front = front }

    /// The client's side; the server is sent its own.
    static func make(over control: Int32) throws(SystemError) -> WorkerShelf {
        let ends = try DescriptorPair.sockets(.messages)
        try DescriptorMessage.send(ForkOrder(.shelf), with: [ends.first.number, ends.second.number], over: control)
        return WorkerShelf(front: ends.takeFirst())
    }

    /// The worker that lies there; nil when there is none and it may not wait.
    func take(waits: Bool) throws(SystemError) -> ReadyWorker? {
        let message: (body: Label, descriptors: [Int32])?
        do {
            message = try DescriptorMessage.receive(Label(), over: front.number, waits: waits)
        } catch {
            if error.isNoRoomNow { return nil }
            throw error
        }
        // Rule 2.
        guard let (label, descriptors) = message else {
            throw SystemError("ask the fork server", code: SystemError.noSuchProcess)
        }
        if label.error != 0 { throw SystemError("fork a worker", code: label.error) }
        guard descriptors.count == 3 else {
            // A worker there is, but no room for its descriptors, of which the kernel drops what does not fit. Without a
            // conversation it ends by itself.
            _ = OwnedDescriptors(owning: descriptors[...])
            throw SystemError("fork a worker", code: SystemError.noDescriptors)
        }
        return ReadyWorker(
            process: ProcessHandle(adopting: Descriptor(owning: descriptors[0]), of: label.processIdentifier),
            conversation: Descriptor(owning: descriptors[1]), report: Descriptor(owning: descriptors[2]))
    }

    /// The server's side.
    struct Back: ~Copyable {
        /// How long a worker lies there that nobody waits for.
        static let patience: Int64 = 250_000_000

        private let front: WorkerShelf
        private let end: Descriptor
        /// How many have been laid down and not been taken back.
        private var laid: UInt64 = 0
        /// When the one that lies there, if it still does, is to be taken back.
        private(set) var expiry = Deadline.never

        init(front: consuming Descriptor, end: consuming Descriptor) {
            self.front = WorkerShelf(front: front)
            self.end = end
        }

        /// Whether a worker has to be made for this order. If one lies there, it stays as long as this order says.
        mutating func needsWorker(for order: ForkOrder) -> Bool {
            expiry = order.isAwaited ? .never : .now.advanced(nanoseconds: Self.patience)
            return laid <= order.taken
        }

        mutating func lay(
            _ identifier: Int32, handle: Int32, conversation: borrowing Descriptor, report: borrowing Descriptor
        ) throws(SystemError) {
            let label = Label(processIdentifier: identifier)
            try DescriptorMessage.send(label, with: [handle, conversation.number, report.number], over: end.number)
            laid += 1
        }

        /// Tells the client, who waits, why there is no worker.
        func lay(_ error: SystemError) throws(SystemError) {
            try DescriptorMessage.send(Label(error: error.code), over: end.number)
        }

        /// Takes back what lies there; its number, if it was one.
        @discardableResult
        mutating func takeBack() -> Int32? {
            expiry = .never
            guard let worker = try? front.take(waits: false) else { return nil }
            laid -= 1
            return worker.process.processIdentifier
        }
    }
}
