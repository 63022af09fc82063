// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Starts worker processes, one way for each start method.
///
/// Rules, in this order:
/// 1. `.fork` needs a single thread, or a caller who insists.
/// 2. `.spawn` and `.forkServer` need the entry hook, or the child would run the program's `main`.
/// 3. What a worker is given: its end of the conversation, its standard error, nothing else that is open here.
enum WorkerStart {
    /// The descriptors of a worker that is about to be started.
    private struct Ends: ~Copyable {
        let conversation: DescriptorPair
        let standardError: DescriptorPair

        static func make() throws(SystemError) -> Ends {
            let conversation = try DescriptorPair.sockets(.stream)
            let standardError = try DescriptorPair.pipe()
            try standardError.first.makeNonBlocking()
            return Ends(conversation: conversation, standardError: standardError)
        }

        /// Keeps our ends and closes the worker's.
        consuming func link(to process: consuming ProcessHandle, report: consuming Descriptor? = nil) -> WorkerLink {
            WorkerLink(
                process: process, socket: conversation.takeFirst(), standardError: standardError.takeFirst(),
                report: report)
        }
    }

    static func start(_ method: StartMethod, _ safety: ForkSafety) throws(StartFailure) -> WorkerLink {
        switch method {
        case .fork: try fork(safety)
        case .spawn: try spawn()
        case .forkServer: try fromServer(ForkServer.client())
        }
    }

    /// Rule 1.
    static func checkThreads(_ safety: ForkSafety) throws(StartFailure) {
        let count = CurrentProcess.threadCount
        if safety == .requireSingleThread, count > 1 { throw .multithreaded(threadCount: count) }
    }

    private static func fork(_ safety: ForkSafety) throws(StartFailure) -> WorkerLink {
        try checkThreads(safety)
        do {
            let ends = try Ends.make()
            let (socket, standardError) = (ends.conversation.second.number, ends.standardError.second.number)
            let process = try ProcessStart.forkOnFreshThread { ForkServerLoop.becomeWorker(socket, standardError) }
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    private static func spawn() throws(StartFailure) -> WorkerLink {
        guard CurrentProcess.entryHookIsInstalled else { throw .notTakenOver }
        do {
            let ends = try Ends.make()
            let process = try ProcessStart.spawn(
                role: WorkerRole.worker, inherited: ends.conversation.second,
                standardError: ends.standardError.second.number)
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    /// A worker from this server, which is the shared one or a pool's own.
    static func fromServer(_ server: ForkServerClient) throws(StartFailure) -> WorkerLink {
        do {
            let ends = try Ends.make()
            let report = try DescriptorPair.sockets(.messages)
            let process = try server.fork(
                socket: ends.conversation.second, report: report.second, standardError: ends.standardError.second)
            return ends.link(to: process, report: report.takeFirst())
        } catch {
            if server.hasEnded { throw .serverLost(error.description) }
            throw .system(error)
        }
    }
}
