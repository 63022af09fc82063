// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What its client asks of the fork server: one worker, whose descriptors come with the message in this order.
struct ForkOrder: BitwiseCopyable {
    /// What else the order says, a bit each.
    struct Marks: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        /// A descriptor comes that is to be its standard output.
        static let output = Marks(rawValue: 1)
        /// Likewise its standard error.
        static let error = Marks(rawValue: 2)
        /// It records where it crashes.
        static let recordsCrashes = Marks(rawValue: 4)
    }

    var marks = Marks()

    /// The worker's conversation, the place to report its end to, its streams as far as they are not the server's.
    var descriptorCount: Int { 2 + (marks.contains(.output) ? 1 : 0) + (marks.contains(.error) ? 1 : 0) }

    /// Says which streams come with it, and in which order.
    mutating func expect(_ streams: ChildStreams) -> [Int32] {
        if streams.output != nil { marks.insert(.output) }
        if streams.error != nil { marks.insert(.error) }
        return [streams.output, streams.error].compactMap(\.self)
    }

    /// Which of the descriptors that came is which stream.
    func streams(_ descriptors: ArraySlice<Int32>) -> ChildStreams {
        var rest = descriptors
        let output = marks.contains(.output) ? rest.popFirst() : nil
        return ChildStreams(output: output, error: marks.contains(.error) ? rest.popFirst() : nil)
    }

    private static let room = 254
    /// In place of a length: no worker, but what to preload, in the message behind this one.
    private static let preloadMark = UInt16.max
    private var length: UInt16 = 0
    private var name = InlineArray<254, UInt8>(repeating: 0)

    /// - Parameter mangledName: The type of the worker's first work, if it is known. A name that is too long is left
    ///   out, which only costs time.
    init(mangledName: String? = nil) {
        guard let mangledName, mangledName.utf8.count <= Self.room else { return }
        length = UInt16(mangledName.utf8.count)
        for (index, byte) in mangledName.utf8.enumerated() { name[index] = byte }
    }

    static var preload: ForkOrder {
        var order = ForkOrder()
        order.length = preloadMark
        return order
    }

    var isPreload: Bool { length == Self.preloadMark }

    var mangledName: [UInt8]? {
        guard length > 0, length <= Self.room else { return nil }
        return (0..<Int(length)).map { name[$0] }
    }
}

/// Work that is of no use but to have been done.
struct Rehearsal: Work {
    var number: Int
    func run() -> Int { number }
}

/// The server's answer; the worker's process handle comes with it when there is one.
struct ForkReply: BitwiseCopyable {
    var processIdentifier: Int32 = 0
    var error: Int32 = 0
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
/// 4. What it was told to preload runs before the first fork, and it ends if that fails: its workers would not be what
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
        try poll.add(control.number, token: controlToken, interest: .reading)
        while true {
            for token in poll.wait() {
                if token != controlToken {
                    children.reportEnd(of: token, poll)
                    continue
                }
                guard let (order, descriptors) = try DescriptorMessage.receive(ForkOrder(), over: control.number) else {
                    children.killAll()
                    return
                }
                if order.isPreload {
                    guard try PreloadOrder.obey(over: control.number) else { return }
                    continue
                }
                guard descriptors.count == order.descriptorCount else {
                    throw SystemError("read an order", code: SystemError.brokenProtocol)
                }
                // Looked up once here, found at once by every copy: the search of all types and conformances is the
                // longest step of a worker's beginning.
                if let name = order.mangledName { ForeseenWork.look(for: name) }
                try obey(order, descriptors, control, &children, poll)
            }
        }
    }

    private static func obey(
        _ order: ForkOrder, _ descriptors: [Int32], _ control: borrowing Descriptor, _ children: inout Children,
        _ poll: borrowing EventPoll
    ) throws(SystemError) {
        // Owned from here on: closed in this process on every way out.
        let report = Descriptor(owning: descriptors[1])
        let others = OwnedDescriptors(owning: descriptors[..<1] + descriptors[2...])
        let server = CurrentProcess.identifier
        do {
            let process = try ProcessStart.fork {
                becomeWorker(others.numbers[0], order.streams(others.numbers.dropFirst()), order.marks, server)
            }
            let reply = ForkReply(processIdentifier: process.processIdentifier)
            try DescriptorMessage.send(reply, with: [process.descriptor.number], over: control.number)
            try children.add(process, report: report, poll)
        } catch {
            try DescriptorMessage.send(ForkReply(error: error.code), over: control.number)
        }
    }

    /// Runs in the copy, whose thread has done the rehearsal and so is not fit to share the runtime's locks with others.
    private static func becomeWorker(
        _ socket: Int32, _ streams: ChildStreams, _ marks: ForkOrder.Marks, _ server: Int32
    ) -> Never {
        let own = ProcessStart.leaveServerBehind(keeping: socket, streams: streams, server: server)
        let number = own.release()
        // The process bears the name of its first thread.
        CurrentProcess.setName("mp worker")
        ProcessStart.goOnOnFreshThread {
            WorkerLoop.run(
                over: Descriptor(owning: number), endingWithParent: .byServer,
                recordsCrashes: marks.contains(.recordsCrashes))
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
        func killAll() {
            for child in processes.values {
                let process = ProcessHandle(adopting: Descriptor(owning: child.handle), of: child.identifier)
                process.killGroup()
                // Those that had ended in good order just before: their time counts as this server's for the client only if
                // they have been waited for. No waiting for the others, whose end nobody asks for any more.
                _ = process.reap(blocking: false)
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
