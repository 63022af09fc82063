// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How a child process begins. Work behaves alike under all of them: it never depends on inherited memory, so the
/// method is a choice of speed and of surroundings.
public enum StartMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// A copy of this process: nothing is loaded anew, and it takes the longer the more memory this process has. The one
    /// with conditions: refused while this process has more than one thread, because a copy of a lock that another
    /// thread holds is held for ever.
    case fork

    /// This program started anew (`posix_spawn` of its own file). Independent of this process's threads and size; costs
    /// the loading of the program, some milliseconds.
    case spawn

    /// A copy of a small server, which is this program started anew once and never has a second thread. The default:
    /// as fast as a fork of a small process, without its conditions. The worker's environment and working directory are
    /// those of the moment when the server started.
    case forkServer = "forkserver"
}

/// What `.fork` does when this process has more than one thread.
public enum ForkSafety: Sendable, Hashable {
    /// Refuse with `StartFailure.multithreaded`.
    case requireSingleThread

    /// Fork nevertheless. In the child, Dispatch's global queues, `Task.detached` and `Task.sleep` hang if this process
    /// has used Dispatch or Swift tasks before, and any lock held by another thread at that moment stays held.
    case ignoreOtherThreads
}

/// Why no child could be started.
public enum StartFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// `.fork` was asked for, but this process has other threads.
    case multithreaded(threadCount: Int)

    /// The program's start was not taken over by this library, so a child could not become a worker.
    case notTakenOver

    /// The fork server ended and could not be replaced.
    case serverLost(String)

    /// Workers within workers: as many levels as there may be.
    case nestedTooDeeply(levels: Int)

    /// What each worker is to do first or last cannot be sent to it.
    case routineCannotTravel(String)
    /// A worker could not be given one of its ``WorkerSettings``, whose name comes first.
    case settingNotApplied(String, SystemError)

    /// What was to be run before there is work (``WorkerSettings/preload``) threw, left threads behind, or ended the
    /// server that it ran in.
    case preloadFailed(WorkError)

    /// The operating system refused.
    case system(SystemError)

    public var description: String {
        switch self {
        case .multithreaded(let count):
            """
            could not fork: this process has \(count) threads, and locks that the others hold would stay locked in the child for \
            ever; fork before the first thread, task or event loop exists, or use .forkServer or .spawn
            """
        case .notTakenOver:
            """
            could not start a child: the program's entry is not the library's (a statically linked C library?), so the child \
            would run `main` again; call WorkerProcess.takeOverIfNeeded() as the first statement of main
            """
        case .serverLost(let detail):
            "could not start a child: the server that forks workers has ended (\(detail)); use .forkServer or start a new pool"
        case .nestedTooDeeply(let levels):
            """
            could not start a child: this process is itself a worker's worker, \(levels) levels deep; work that starts a \
            pool for its own parts should take the number of workers into account
            """
        case .routineCannotTravel(let reason): "could not send a worker what it is to do first or last: \(reason)"
        case .settingNotApplied(let setting, let error):
            "could not give a worker its setting `\(setting)`: \(error)"
        case .preloadFailed(let error): "could not preload for the workers: \(error)"
        case .system(let error): error.description
        }
    }
}
