// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing
import Synchronization
import Tracing

/// What the handlers in a worker have to know.
enum WorkerLog {
    private struct State: Sendable {
        var isBootstrapped = false
        var level = Logger.Level.info
        var work = ""
    }

    private static let state = Mutex(State())

    /// A piece of work begins. In a worker that is not a copy of a program, the first one bootstraps the log.
    static func begin(work: String, level: Logger.Level) {
        guard WorkerProcess.isWorker, !CopiedProcess.isCopy else { return }
        let isFirst = state.withLock { state in
            defer { state.isBootstrapped = true }
            state.work = work
            state.level = level
            return !state.isBootstrapped
        }
        // Whoever has bootstrapped it before has a reason, and a second time would be a trap.
        guard isFirst, Logger(label: "").handler is StreamLogHandler else { return }
        LoggingSystem.bootstrap({ RelayingLogHandler(label: $0, metadataProvider: $1) }, metadataProvider: nil)
    }

    /// A worker does one piece of work at a time, so this is right in all of its threads.
    static var work: String { state.withLock { $0.work } }
    static var level: Logger.Level { state.withLock { $0.level } }
}

/// The handler of all loggers in a worker: it sends to the parent what it gets.
struct RelayingLogHandler: LogHandler {
    let label: String
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    private var ownLevel: Logger.Level?

    init(label: String, metadataProvider: Logger.MetadataProvider?) {
        self.label = label
        self.metadataProvider = metadataProvider
    }

    /// That of the work that runs, until it is set.
    var logLevel: Logger.Level {
        get { ownLevel ?? WorkerLog.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        let record = LogRecord(
            label: label, level: event.level, message: event.message.description,
            error: event.error.map(LoggedError.init), metadata: all.mapValues(LogRecord.Value.init),
            source: event.source, file: event.file, function: event.function, line: event.line,
            work: WorkerLog.work, trace: TraceWords.current() ?? [:])
        do {
            try WorkerProcess.post(record)
        } catch {
            preconditionFailure("a message made of strings could not be encoded: \(error)")
        }
    }
}
