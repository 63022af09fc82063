// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What its client asks of the fork server: one worker, whose descriptors come with the message in this order.
struct ForkOrder: BitwiseCopyable {
    /// The worker's conversation, the place to report its end to, its standard error.
    static let descriptorCount = 3
    var unused: UInt64 = 0
}

/// The server's answer; the worker's process handle comes with it when there is one.
struct ForkReply: BitwiseCopyable {
    var processIdentifier: Int32 = 0
    var error: Int32 = 0
}

/// The fork server's life: fork a worker for each order, report how each one ended, end with the client.
///
/// It is single-threaded for ever and touches no task, no Dispatch queue and no `Mutex`, so that each of its copies
/// begins clean. Its children are the kernel's children of the server, not of the client: only the server can reap
/// them, hence the reports.
enum ForkServerLoop {
    private struct Child: ~Copyable {
        let process: ProcessHandle
        let report: Descriptor
    }

    /// Never returns.
    static func run(over control: consuming Descriptor) -> Never {
        CurrentProcess.setName("mp fork server")
        ProcessStart.restoreChildSignal()
        do {
            try serve(control)
        } catch {
            StandardStream.error.write("Multiprocessing: the fork server ended: \(error)\n")
            CurrentProcess.exit(70)
        }
        CurrentProcess.exit(0)
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
                guard let (_, descriptors) = try DescriptorMessage.receive(ForkOrder(), over: control.number) else {
                    return
                }
                guard descriptors.count == ForkOrder.descriptorCount else {
                    throw SystemError("read an order", code: 71)
                }
                try obey(descriptors, control, &children, poll)
            }
        }
    }

    private static func obey(
        _ descriptors: [Int32], _ control: borrowing Descriptor, _ children: inout Children, _ poll: borrowing EventPoll
    ) throws(SystemError) {
        // Owned from here on: closed in this process on every way out.
        let socket = Descriptor(owning: descriptors[0])
        let report = Descriptor(owning: descriptors[1])
        let standardError = Descriptor(owning: descriptors[2])
        do {
            let process = try ProcessStart.fork { becomeWorker(socket.number, standardError.number) }
            let reply = ForkReply(processIdentifier: process.processIdentifier)
            try DescriptorMessage.send(reply, with: [process.descriptor.number], over: control.number)
            try children.add(process, report: report, poll)
        } catch {
            try DescriptorMessage.send(ForkReply(error: error.code), over: control.number)
        }
    }

    /// Runs in the copy.
    static func becomeWorker(_ socket: Int32, _ standardError: Int32) -> Never {
        WorkerLoop.run(over: ProcessStart.leaveParentBehind(keeping: socket, standardError: standardError))
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
