// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a fork server does once before it forks, so that its workers share the memory: a table that is read from a file,
/// a model that is built.
///
/// The kernel copies a page of the shared memory for a worker that writes to it. To retain an object is to write to it,
/// so large arrays of plain values are shared best.
///
/// It runs on the server's one thread and must leave it alone: no thread, no task, no Dispatch queue that works by
/// itself, and nothing that has one (loggers, event loops, clients of a network). The server counts its threads
/// afterwards and refuses to go on with more than it had. What it opens is closed in the workers: only memory is kept,
/// mapped files included. `main` has not run, so globals of a `main.swift` are not there; it keeps what it makes in a
/// static property. Its type must be public or internal and not nested in a function, as for ``Work``.
///
/// An error that it throws, or its server's death, becomes a ``StartFailure/preloadFailed(_:)`` of whoever starts a
/// worker. It runs again whenever a server has to be replaced.
///
///     enum Dictionary: ForkServerPreload {
///         nonisolated(unsafe) static private(set) var words: [UInt64] = []
///         static func preload() throws { words = try hashes(ofLinesIn: "/usr/share/dict/words") }
///     }
public protocol ForkServerPreload: SendableMetatype {
    /// Makes what the workers are to share. Called once, on the only thread.
    static func preload() throws
}

/// Preloading as the process sees it that does it.
enum ReceivedPreload {
    static func type(named mangledName: String) -> (any ForkServerPreload.Type)? {
        _typeByName(mangledName) as? any ForkServerPreload.Type
    }

    /// Runs them in their order; why not all of them, if so.
    static func run(_ names: [String]) -> WorkError? {
        do {
            for name in names {
                guard let type = type(named: name) else { throw PreloadError.hasNoName(name) }
                try type.preload()
            }
            return nil
        } catch {
            return WorkError(error)
        }
    }

    /// The same in a fork server.
    static func runInServer(_ names: [String]) -> WorkError? {
        // Not one: a sanitizer has a thread of its own.
        let before = CurrentProcess.threadCount
        if let error = run(names) { return error }
        let started = CurrentProcess.threadCount - before
        return started > 0 ? WorkError(PreloadError.startedThreads(started)) : nil
    }
}

/// Why preloading failed that has thrown nothing itself.
enum PreloadError: Error, Codable, CustomStringConvertible {
    case hasNoName(String)
    case startedThreads(Int)
    case serverEnded(String)
    /// An error that does not fit into a message.
    case tooLong(String)

    var description: String {
        switch self {
        case .hasNoName(let name):
            "\(name) cannot be found by its name in another process: make it internal or public, outside of functions"
        case .startedThreads(let count):
            """
            it left \(count) more thread\(count == 1 ? "" : "s") than there had been, and a fork copies one: it must use no task, \
            Dispatch queue or thread
            """
        case .tooLong(let text): String(text.prefix(1_000))
        case .serverEnded(let how): "the server \(how) meanwhile; its last words are on standard error"
        }
    }
}
