// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Starts worker processes, one way for each start method.
///
/// Rules, in this order:
/// 1. `.fork` needs a single thread, or a caller who insists.
/// 2. `.spawn` and `.forkServer` need the entry hook, or the child would run the program's `main`.
/// 3. Settings are the first words of the conversation, before any work, and are not said if there are none.
/// 4. What a worker is given: its end of the conversation, its standard error, nothing else that is open here.
enum WorkerStart {
    /// The descriptors of a worker that is about to be started, and what is to be said to it first.
    private struct Ends: ~Copyable {
        let conversation: DescriptorPair
        let standardError: DescriptorPair
        let unsent: OutgoingFrames

        /// The first words are on their way before the worker is: it finds them when it begins, and nobody has to wake
        /// up in between.
        static func make(saying words: [MessageBody]) throws(SystemError) -> Ends {
            let conversation = try DescriptorPair.sockets(.stream)
            let standardError = try DescriptorPair.pipe()
            try standardError.first.makeNonBlocking()
            var unsent = OutgoingFrames()
            // One by one: the handles of a message must not come with the words before it.
            for words in words where !words.bytes.isEmpty { unsent.append(words) }
            if !unsent.isEmpty { unsent.send(over: conversation.first.number) }
            return Ends(conversation: conversation, standardError: standardError, unsent: unsent)
        }

        /// Keeps our ends and closes the worker's.
        consuming func link(
            to process: consuming ProcessHandle, report: consuming Descriptor? = nil, server: ForkServerClient? = nil
        ) -> WorkerLink {
            let unsent = unsent
            return WorkerLink(
                process: process, socket: conversation.takeFirst(), standardError: standardError.takeFirst(),
                report: report, server: server, unsent: unsent)
        }
    }

    /// Starts a worker that is told `first`, whole frames, before anything else; the name of the first work's type
    /// helps a fork server.
    static func start(
        _ method: StartMethod, _ safety: ForkSafety, settings: WorkerSettings = WorkerSettings(),
        saying first: MessageBody = MessageBody(), mangledName: String? = nil
    ) throws(StartFailure) -> WorkerLink {
        switch method {
        case .fork: try fork(safety, settings, first)
        case .spawn: try spawn(settings, first)
        case .forkServer:
            try fromServer(
                ForkServer.client(preloading: settings.preloadNames()), ForkOrder(mangledName: mangledName),
                settings: settings, saying: first)
        }
    }

    /// Rule 1.
    static func checkThreads(_ safety: ForkSafety) throws(StartFailure) {
        let count = CurrentProcess.threadCount
        if safety == .requireSingleThread, count > 1 { throw .multithreaded(threadCount: count) }
    }

    private static func fork(
        _ safety: ForkSafety, _ settings: WorkerSettings, _ first: MessageBody
    ) throws(StartFailure) -> WorkerLink {
        try checkThreads(safety)
        let settings = SettingsFrame.message(settings, isStartedAnew: false, preload: try settings.preloadNames())
        do {
            let ends = try Ends.make(saying: [settings, first])
            let (socket, standardError) = (ends.conversation.second.number, ends.standardError.second.number)
            let process = try ProcessStart.forkOnFreshThread {
                let own = ProcessStart.leaveParentBehind(keeping: socket, standardError: standardError)
                WorkerLoop.run(over: own, endingWithParent: .byThread)
            }
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    private static func spawn(_ settings: WorkerSettings, _ first: MessageBody) throws(StartFailure) -> WorkerLink {
        guard CurrentProcess.entryHookIsInstalled else { throw .notTakenOver }
        let message = SettingsFrame.message(settings, isStartedAnew: true, preload: try settings.preloadNames())
        do {
            let ends = try Ends.make(saying: [message, first])
            let process = try ProcessStart.spawn(
                role: WorkerRole.worker, inherited: ends.conversation.second,
                standardError: ends.standardError.second.number, arguments: settings.arguments ?? [],
                environment: settings.environment.given)
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    /// A worker from this server, which is a shared one or a pool's own, and has preloaded what the settings ask for.
    static func fromServer(
        _ server: ForkServerClient, _ order: ForkOrder = ForkOrder(), settings: WorkerSettings = WorkerSettings(),
        saying first: MessageBody = MessageBody()
    ) throws(StartFailure) -> WorkerLink {
        let settings = SettingsFrame.message(settings, isStartedAnew: false, preload: [])
        try server.finishPreloading()
        do {
            let ends = try Ends.make(saying: [settings, first])
            let report = try DescriptorPair.sockets(.messages)
            let process = try server.fork(
                order, socket: ends.conversation.second, report: report.second, standardError: ends.standardError.second
            )
            return ends.link(to: process, report: report.takeFirst(), server: server)
        } catch {
            if server.hasEnded { throw .serverLost(error.description) }
            throw .system(error)
        }
    }
}

extension WorkerSettings.Environment {
    fileprivate var given: ProcessStart.GivenEnvironment {
        switch self {
        case .inherited: .inherited
        case .exactly(let all): .exactly(all)
        case .changed(let changes): .changed(changes)
        }
    }
}
