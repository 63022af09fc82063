// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The parent's side of one fork server.
final class ForkServerClient: Sendable {
    private let control: Mutex<Control>
    private let process: ProcessHandle
    private let preloading: Mutex<Preloading>

    private struct Control: ~Copyable {
        let socket: Descriptor
        let shelf: WorkerShelf
        /// How many workers have come from the shelf.
        var taken: UInt64 = 0
        var lastTime = Deadline(nanoseconds: 0)
        /// Whether the last two were taken one soon after the other.
        var isSeries = false

        mutating func count() {
            taken += 1
            let now = Deadline.now
            isSeries = now < lastTime.advanced(nanoseconds: WorkerShelf.Back.patience)
            lastTime = now
        }
    }

    /// What is known of what the server runs before it forks.
    private enum Preloading {
        /// It has been asked, and has not been listened to yet.
        case unanswered
        case done
        case failed(WorkError)
    }

    /// A server that runs these first. It is not waited for here: who needs the first worker does.
    private init(
        control: consuming Descriptor, process: consuming ProcessHandle, preloading names: [String]
    ) throws(SystemError) {
        let shelf: WorkerShelf
        do {
            shelf = try Self.begin(over: control.number, preloading: names)
        } catch {
            process.killGroup()
            _ = process.reap(blocking: true)
            throw error
        }
        self.control = Mutex(Control(socket: control, shelf: shelf))
        self.process = process
        preloading = Mutex(names.isEmpty ? .done : .unanswered)
    }

    private static func begin(over control: Int32, preloading names: [String]) throws(SystemError) -> WorkerShelf {
        let shelf = try WorkerShelf.make(over: control)
        if !names.isEmpty { try PreloadOrder.send(names, over: control) }
        return shelf
    }

    deinit { stop() }

    /// A server that is this program started anew: it has one thread, whatever this process has.
    static func spawned(preloading names: [String] = []) throws(SystemError) -> ForkServerClient {
        let ends = try DescriptorPair.sockets(.messages)
        let process = try ProcessStart.spawn(
            role: WorkerRole.forkServer, inherited: ends.second, binding: .now)
        return try ForkServerClient(control: ends.takeFirst(), process: process, preloading: names)
    }

    /// A server that is a copy of this process as it is now: later workers begin with this memory, not with that
    /// of their own moment.
    static func forked(preloading names: [String] = []) throws(SystemError) -> ForkServerClient {
        let ends = try DescriptorPair.sockets(.messages)
        let number = ends.second.number
        let process = try ProcessStart.forkOnFreshThread {
            ForkServerLoop.run(over: ProcessStart.leaveParentBehind(keeping: number))
        }
        return try ForkServerClient(control: ends.takeFirst(), process: process, preloading: names)
    }

    /// Waits until the server has preloaded what it was told to; why it has not, if so.
    func finishPreloading() throws(StartFailure) {
        let error = preloading.withLock { preloading -> WorkError? in
            if case .unanswered = preloading { preloading = answerToPreloading() }
            if case .failed(let error) = preloading { return error }
            return nil
        }
        if let error { throw .preloadFailed(error) }
    }

    private func answerToPreloading() -> Preloading {
        switch control.withLock({ PreloadAnswer.receive(over: $0.socket.number) }) {
        case .done: return .done
        case .failed(let error):
            // It ends by itself now, and nobody will ask it for anything.
            _ = process.reap(blocking: true)
            return .failed(error)
        case nil:
            // It trapped, or was killed: its end is certain, and near.
            let status = ExitStatus(process.reap(blocking: true) ?? ExitRecord())
            return .failed(WorkError(PreloadError.serverEnded("\(status)")))
        }
    }

    /// A worker that nobody has told anything yet: one that is there, or a new one.
    func takeWorker(for mangledName: String?) throws(SystemError) -> ReadyWorker {
        // One at a time: what lies on the shelf belongs to who has asked last.
        try control.withLock { control throws(SystemError) in
            if let worker = try control.shelf.take(waits: false) {
                control.count()
                return worker
            }
            let order = ForkOrder(.worker, beyond: control.taken, isAwaited: true, mangledName: mangledName)
            try DescriptorMessage.send(order, over: control.socket.number)
            guard let worker = try control.shelf.take(waits: true) else {
                throw SystemError("ask the fork server", code: SystemError.brokenProtocol)
            }
            control.count()
            return worker
        }
    }

    /// Has the next worker made ahead if the last ones were taken one soon after the other; does not wait.
    ///
    /// Called when the last one has been told what to do, so that the server does not take the processor before.
    func orderNext(for mangledName: String?) {
        // Whoever is at it orders by itself.
        control.withLockIfAvailable { control in
            guard control.isSeries else { return }
            let order = ForkOrder(.worker, beyond: control.taken, mangledName: mangledName)
            // Only a server that stands still has no room; it will do without.
            try? DescriptorMessage.send(order, over: control.socket.number, waits: false)
        }
    }

    var hasEnded: Bool { process.hasEnded }

    /// Whether it may be asked for workers; false also for one that has failed to preload and is about to end.
    var isOfUse: Bool {
        let hasFailed = preloading.withLockIfAvailable { preloading -> Bool in
            if case .failed = preloading { true } else { false }
        }
        // One that somebody waits for is at work.
        return hasFailed != true && !hasEnded
    }

    var processIdentifier: Int32 { process.processIdentifier }

    /// Ends the server and reaps it. None of its workers is left: their links would keep this object alive.
    private func stop() {
        control.withLock { Transfer.endConversation($0.socket.number) }
        _ = process.reap(blocking: true)
    }
}

/// The fork server that all of this process's `.forkServer` children come from.
///
/// It is started with the first one and ends with this process; there is no need to call either function. Workers with
/// a ``WorkerSettings/preload`` come from a server of their own, one for each list.
public enum ForkServer {
    /// By the names of what they preload, in order.
    private static let servers = Mutex<[[String]: ForkServerClient]>([:])

    /// Starts the server now rather than with the first child, which saves that one some milliseconds. Does nothing
    /// when it runs.
    ///
    /// Workers get the environment and the working directory of this moment.
    public static func start() throws(StartFailure) { _ = try client() }

    /// Starts the server that preloads these, and does not wait until it has: the first worker does.
    ///
    /// - Parameter preload: As in ``WorkerSettings/preload``, in the same order.
    /// - Throws: `StartFailure.preloadFailed` for a type that has no name in another process; what goes wrong in the
    ///   server is thrown by the first start of a worker.
    public static func start(preload: [any ForkServerPreload.Type]) throws(StartFailure) {
        _ = try client(preloading: names(of: preload))
    }

    /// Lets all servers go: each ends with the last worker that came from it, or now if there is none. The next
    /// `.forkServer` child starts a new one.
    public static func stop() {
        // Released outside the lock, because their end is waited for.
        _ = servers.withLock { servers in
            defer { servers = [:] }
            return servers
        }
    }

    /// The process that is the server without a preload, if it runs.
    public static var processIdentifier: Int32? { servers.withLock { $0[[]]?.processIdentifier } }

    /// The process that is the server with this preload, if it runs.
    public static func processIdentifier(preload: [any ForkServerPreload.Type]) -> Int32? {
        guard let names = try? names(of: preload) else { return nil }
        return servers.withLock { $0[names]?.processIdentifier }
    }

    private static func names(of preload: [any ForkServerPreload.Type]) throws(StartFailure) -> [String] {
        var settings = WorkerSettings()
        settings.preload = preload
        return try settings.preloadNames()
    }

    /// The running server that preloads these, started anew if it has died or failed.
    static func client(preloading names: [String] = []) throws(StartFailure) -> ForkServerClient {
        guard CurrentProcess.entryHookIsInstalled else { throw .notTakenOver }
        let result = servers.withLock { servers in
            Result { () throws(SystemError) in
                if let server = servers[names], server.isOfUse { return server }
                let new = try ForkServerClient.spawned(preloading: names)
                servers[names] = new
                return new
            }
        }
        do { return try result.get() } catch { throw .system(error) }
    }
}
