// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Work that is of no use but to have been done.
struct Rehearsal: Work {
    var number: Int
    func run() -> Int { number }
}

/// The fork server's life: fork a worker for each order, report how each one ended, end with the client.
///
/// Rules:
/// 1. It is single-threaded from its first order on and touches no Dispatch queue, no `Mutex`, and no task but the rehearsal's, which
///    stays on its one thread; so each of its copies begins clean.
/// 2. Its children are the kernel's children of the server, not of the client: only the server can reap them, hence
///    the reports.
/// 3. No worker outlives the client. When the client's end of the conversation is gone, the server kills the workers
///    and what they have started; should the server itself be killed, the kernel kills the workers. So a worker needs
///    no thread that watches, which took a tenth of the time from start to answer.
/// 4. It makes a worker without knowing what for, and lays it on the shelf; the client tells the worker everything. So
///    a worker can be there before it is needed, which takes the fork and the copy's first steps out of the time from
///    start to answer: when children are started one soon after the other, the client orders the next one ahead.
/// 5. What it was told to preload runs before the first fork, and it ends if that fails: its workers would not be what
///    was asked for.
enum ForkServerLoop {
    private struct Child: ~Copyable {
        let process: ProcessHandle
        let report: Descriptor
    }

    /// Never returns.
    static func run(over control: consuming Descriptor) -> Never {
        CurrentProcess.setName("mp fork server")
        ProcessStart.restoreChildSignal()
        ProcessStart.SymbolBinding.forget()
        ProcessStart.leaveThreadBehind()
        rehearse()
        do {
            try serve(control)
        } catch {
            StandardStream.error.write("Multiprocessing: the fork server ended: \(error)\n")
            CurrentProcess.exit(70)
        }
        CurrentProcess.exit(0)
    }

    /// Does a piece of work as a worker would: what the runtime builds at first use (types, witness tables, symbols) is
    /// then there in every copy. Allowed by rule 1, since the task runs on this very thread and nothing in it reaches
    /// Dispatch.
    private static func rehearse() {
        WorkerLoop.prepare()
        let work = Rehearsal(number: 1)
        guard let request = try? WorkType<Rehearsal>.unshared.request(work) else { return }
        _ = WorkerLoop.answer(to: ReceivedBody(bytes: request.bytes.dropFirst(Frame.headSize)))
    }

    private static func serve(_ control: borrowing Descriptor) throws(SystemError) {
        let poll = try EventPoll()
        let controlToken: UInt64 = 0
        var children = Children()
        guard var shelf = try receiveShelf(over: control.number) else { return }
        try poll.add(control.number, token: controlToken, interest: .reading)
        while true {
            let tokens = poll.wait(milliseconds: shelf.expiry.pollMilliseconds)
            // It ends by itself, since nobody speaks to it any more.
            if shelf.expiry.hasPassed { shelf.takeBack() }
            for token in tokens {
                if token != controlToken {
                    children.reportEnd(of: token, poll)
                    continue
                }
                guard let (order, _) = try DescriptorMessage.receive(ForkOrder(.worker), over: control.number) else {
                    children.killAll(waitingFor: shelf.takeBack())
                    return
                }
                if order.kind == .preload {
                    guard try PreloadOrder.obey(over: control.number) else { return }
                } else {
                    try obey(order, &shelf, &children, poll)
                }
            }
        }
    }

    /// nil when the client is gone already.
    private static func receiveShelf(over control: Int32) throws(SystemError) -> WorkerShelf.Back? {
        guard let (order, ends) = try DescriptorMessage.receive(ForkOrder(.shelf), over: control) else { return nil }
        guard order.kind == .shelf, ends.count == 2 else {
            throw SystemError("read the first order", code: SystemError.brokenProtocol)
        }
        return WorkerShelf.Back(front: Descriptor(owning: ends[0]), end: Descriptor(owning: ends[1]))
    }

    private static func obey(
        _ order: ForkOrder, _ shelf: inout WorkerShelf.Back, _ children: inout Children, _ poll: borrowing EventPoll
    ) throws(SystemError) {
        // Looked up once here, found at once by every copy: the search of all types and conformances is the longest step
        // of a worker's beginning.
        if let name = order.mangledName { ForeseenWork.look(for: name) }
        guard shelf.needsWorker(for: order) else { return }
        do {
            try layWorker(on: &shelf, isAhead: !order.isAwaited, &children, poll)
        } catch {
            // Nobody waits for one that was ordered ahead; who does later asks again.
            if order.isAwaited { try shelf.lay(error) }
        }
    }

    private static func layWorker(
        on shelf: inout WorkerShelf.Back, isAhead: Bool, _ children: inout Children, _ poll: borrowing EventPoll
    ) throws(SystemError) {
        let conversation = try DescriptorPair.sockets(.stream)
        let report = try DescriptorPair.sockets(.messages)
        let (socket, server) = (conversation.second.number, CurrentProcess.identifier)
        let process = try ProcessStart.fork { becomeWorker(socket, server, isAhead: isAhead) }
        let (identifier, handle) = (process.processIdentifier, process.descriptor.number)
        try children.add(process, report: report.second, poll)
        try shelf.lay(identifier, handle: handle, conversation: conversation.first, report: report.first)
    }

    /// Runs in the copy, whose thread has done the rehearsal and so is not fit to share the runtime's locks with others.
    private static func becomeWorker(_ socket: Int32, _ server: Int32, isAhead: Bool) -> Never {
        let number = ProcessStart.leaveServerBehind(keeping: socket, server: server).release()
        // The process bears the name of its first thread.
        CurrentProcess.setName("mp worker")
        ProcessStart.goOnOnFreshThread {
            // The copy gets each page of its own when it first writes there. One that has time does that now.
            if isAhead { rehearse() }
            WorkerLoop.run(over: Descriptor(owning: number), endingWithParent: .byServer, recordsCrashes: false)
        }
    }

    /// The workers that have not been reaped, by the descriptor of their handle.
    private struct Children: ~Copyable {
        private var processes: [UInt64: (handle: Int32, identifier: Int32, report: Int32)] = [:]

        mutating func add(
            _ process: consuming ProcessHandle, report: consuming Descriptor, _ poll: borrowing EventPoll
        ) throws(SystemError) {
            let token = UInt64(process.descriptor.number)
            try poll.add(process.descriptor.number, token: token, interest: .reading)
            let identifier = process.processIdentifier
            processes[token] = (process.release(), identifier, report.release())
        }

        /// Rule 3.
        /// - Parameter idle: One that does nothing and so is gone at once: it is waited for, lest a client who is about to
        ///   say that all is over leaves it to others.
        func killAll(waitingFor idle: Int32?) {
            for child in processes.values {
                let process = ProcessHandle(adopting: Descriptor(owning: child.handle), of: child.identifier)
                process.killGroup()
                // Those that had ended in good order just before: their time counts as this server's for the client only if
                // they have been waited for. No waiting for the others, whose end nobody asks for any more.
                _ = process.reap(blocking: child.identifier == idle)
            }
        }

        mutating func reportEnd(of token: UInt64, _ poll: borrowing EventPoll) {
            guard let child = processes.removeValue(forKey: token) else { return }
            let process = ProcessHandle(adopting: Descriptor(owning: child.handle), of: child.identifier)
            let report = Descriptor(owning: child.report)
            poll.remove(process.descriptor.number)
            // Nobody may be listening any more; then nobody needs it.
            if let record = process.reap(blocking: true) { try? DescriptorMessage.send(record, over: report.number) }
        }
    }
}
