// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The parent's side of one fork server.
final class ForkServerClient: Sendable {
    private let control: Mutex<Descriptor>
    private let process: ProcessHandle

    private init(control: consuming Descriptor, process: consuming ProcessHandle) {
        self.control = Mutex(control)
        self.process = process
    }

    deinit { stop() }

    /// A server that is this program started anew: it has one thread, whatever this process has.
    static func spawned() throws(SystemError) -> ForkServerClient {
        let ends = try DescriptorPair.sockets(.messages)
        let process = try ProcessStart.spawn(
            role: WorkerRole.forkServer, inherited: ends.second, binding: .now)
        return ForkServerClient(control: ends.takeFirst(), process: process)
    }

    /// A server that is a copy of this process as it is now: later workers begin with this memory, not with that
    /// of their own moment.
    static func forked() throws(SystemError) -> ForkServerClient {
        let ends = try DescriptorPair.sockets(.messages)
        let number = ends.second.number
        let process = try ProcessStart.forkOnFreshThread {
            ForkServerLoop.run(over: ProcessStart.leaveParentBehind(keeping: number))
        }
        return ForkServerClient(control: ends.takeFirst(), process: process)
    }

    /// Asks for one worker with these descriptors; they may be closed here afterwards.
    func fork(
        _ order: ForkOrder, socket: borrowing Descriptor, report: borrowing Descriptor, streams: ChildStreams
    ) throws(SystemError) -> ProcessHandle {
        var order = order
        let descriptors = [socket.number, report.number] + order.expect(streams)
        let result = control.withLock { control in
            // One exchange at a time: the answer belongs to the order before it.
            Result { () throws(SystemError) in
                try DescriptorMessage.send(order, with: descriptors, over: control.number)
                return try DescriptorMessage.receive(ForkReply(), over: control.number)
            }
        }
        // The end of the conversation.
        guard let (reply, received) = try result.get() else {
            throw SystemError("ask the fork server", code: SystemError.noSuchProcess)
        }
        guard reply.error == 0, let handle = received.first else {
            // A worker there is, but no descriptor was left for the handle on it: the kernel drops what does not fit.
            throw SystemError("fork a worker", code: reply.error == 0 ? SystemError.noDescriptors : reply.error)
        }
        return ProcessHandle(adopting: Descriptor(owning: handle), of: reply.processIdentifier)
    }

    var hasEnded: Bool { process.hasEnded }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Ends the server and reaps it. None of its workers is left: their links would keep this object alive.
    private func stop() {
        control.withLock { Transfer.endConversation($0.number) }
        _ = process.reap(blocking: true)
    }
}

/// The fork server that all of this process's `.forkServer` children come from.
///
/// It is started with the first one and ends with this process; there is no need to call either function.
public enum ForkServer {
    private static let shared = Mutex<ForkServerClient?>(nil)

    /// Starts the server now rather than with the first child, which saves that one some milliseconds. Does nothing
    /// when it runs.
    ///
    /// Workers get the environment and the working directory of this moment.
    public static func start() throws(StartFailure) { _ = try client() }

    /// Lets the server go: it ends with the last worker that came from it, or now if there is none. The next
    /// `.forkServer` child starts a new one.
    public static func stop() {
        // Released outside the lock, because its end is waited for.
        _ = shared.withLock { shared in
            defer { shared = nil }
            return shared
        }
    }

    /// The process that is the server, if it runs.
    public static var processIdentifier: Int32? { shared.withLock { $0?.processIdentifier } }

    /// The running server, started anew if it has died.
    static func client() throws(StartFailure) -> ForkServerClient {
        guard CurrentProcess.entryHookIsInstalled else { throw .notTakenOver }
        let result = shared.withLock { shared in
            Result { () throws(SystemError) in
                if let shared, !shared.hasEnded { return shared }
                let new = try ForkServerClient.spawned()
                shared = new
                return new
            }
        }
        do { return try result.get() } catch { throw .system(error) }
    }
}
