// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Starts worker processes, one way for each start method.
///
/// Rules, in this order:
/// 1. `.fork` needs a single thread, or a caller who insists.
/// 2. `.spawn` and `.forkServer` need the entry hook, or the child would run the program's `main`.
/// 3. Settings are the first words of the conversation, before any work, and are not said if there are none.
/// 4. What a worker is given: its end of the conversation, its output streams, nothing else that is open here.
enum WorkerStart {
    /// The descriptors of a worker that is about to be started, and what is to be said to it first.
    private struct Ends: ~Copyable {
        let conversation: DescriptorPair
        let streams: WorkerStreams
        let unsent: OutgoingFrames
        let room: WorkerRoom?

        /// The first words are on their way before the worker is: it finds them when it begins, and nobody has to wake
        /// up in between.
        static func make(
            _ settings: WorkerSettings, saying words: [MessageBody], in room: WorkerRoom?
        ) throws(SystemError) -> Ends {
            let conversation = try DescriptorPair.sockets(.stream)
            let streams = try WorkerStreams.make(settings.output)
            let unsent = say(words, over: conversation.first.number)
            return Ends(conversation: conversation, streams: streams, unsent: unsent, room: room)
        }

        /// Keeps our ends and closes the worker's.
        consuming func link(to process: consuming ProcessHandle) -> WorkerLink {
            let (unsent, room) = (unsent, room)
            let output = streams.reader(of: process.processIdentifier)
            return WorkerLink(
                process: process, socket: conversation.takeFirst(), output: output, report: nil, server: nil,
                unsent: unsent, memory: room)
        }
    }

    /// Sends what fits; what does not.
    private static func say(_ words: [MessageBody], over number: Int32) -> OutgoingFrames {
        var unsent = OutgoingFrames()
        for words in words where !words.bytes.isEmpty { unsent.append(words) }
        if !unsent.isEmpty { unsent.send(over: number) }
        return unsent
    }

    /// Starts a worker that is told `first`, whole frames, before anything else; the name of the first work's type
    /// helps a fork server. With a room it goes on in that room's memory.
    static func start(
        _ method: StartMethod, _ safety: ForkSafety, settings: WorkerSettings = WorkerSettings(),
        saying first: MessageBody = MessageBody(), in room: WorkerRoom? = nil, mangledName: String? = nil
    ) throws(StartFailure) -> WorkerLink {
        switch method {
        case .fork: try fork(safety, settings, first, room)
        case .spawn: try spawn(settings, first, room)
        case .forkServer:
            try fromServer(
                ForkServer.client(preloading: settings.preloadNames()), for: mangledName, settings: settings,
                saying: first, in: room)
        }
    }

    /// Rule 1.
    static func checkThreads(_ safety: ForkSafety) throws(StartFailure) {
        let count = CurrentProcess.threadCount
        if safety == .requireSingleThread, count > 1 { throw .multithreaded(threadCount: count) }
    }

    private static func fork(
        _ safety: ForkSafety, _ settings: WorkerSettings, _ first: MessageBody, _ room: WorkerRoom?
    ) throws(StartFailure) -> WorkerLink {
        try checkThreads(safety)
        let message = SettingsFrame.message(settings, isStartedAnew: false, preload: try settings.preloadNames())
        do {
            let words = [message, room?.invitation ?? MessageBody(), first]
            let ends = try Ends.make(settings, saying: words, in: room)
            let (socket, streams) = (ends.conversation.second.number, ends.streams.forChild)
            let process = try ProcessStart.forkOnFreshThread {
                let own = ProcessStart.leaveParentBehind(keeping: socket, streams: streams)
                WorkerLoop.run(
                    over: own, endingWithParent: .byThread, recordsCrashes: settings.workerRecordsCrashes)
            }
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    private static func spawn(
        _ settings: WorkerSettings, _ first: MessageBody, _ room: WorkerRoom?
    ) throws(StartFailure) -> WorkerLink {
        guard CurrentProcess.entryHookIsInstalled else { throw .notTakenOver }
        let message = SettingsFrame.message(settings, isStartedAnew: true, preload: try settings.preloadNames())
        do {
            let words = [message, room?.invitation ?? MessageBody(), first]
            let ends = try Ends.make(settings, saying: words, in: room)
            let process = try ProcessStart.spawn(
                role: settings.workerRecordsCrashes ? WorkerRole.recordingWorker : WorkerRole.worker,
                named: WorkerRole.worker, inherited: ends.conversation.second, streams: ends.streams.forChild,
                arguments: settings.arguments ?? [], environment: settings.environment.given)
            return ends.link(to: process)
        } catch {
            throw .system(error)
        }
    }

    /// A worker from this server, which is a shared one or a pool's own, and has preloaded what the settings ask for.
    static func fromServer(
        _ server: ForkServerClient, for mangledName: String? = nil, settings: WorkerSettings = WorkerSettings(),
        saying first: MessageBody = MessageBody(), in room: WorkerRoom? = nil
    ) throws(StartFailure) -> WorkerLink {
        let message = SettingsFrame.message(settings, isStartedAnew: false, preload: [])
        try server.finishPreloading()
        do {
            let streams = try WorkerStreams.make(settings.output)
            let beginning = StreamsFrame.message(streams, recordsCrashes: settings.workerRecordsCrashes)
            let worker = try server.takeWorker(for: mangledName)
            let words = [beginning, message, room?.invitation ?? MessageBody(), first]
            let unsent = say(words, over: worker.conversation.number)
            // A pool's workers come all at once or one now and then; children are what is started again and again.
            if room == nil { server.orderNext(for: mangledName) }
            let output = streams.reader(of: worker.process.processIdentifier)
            return WorkerLink(
                process: worker.process, socket: worker.conversation, output: output, report: worker.report,
                server: server, unsent: unsent, memory: room)
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
