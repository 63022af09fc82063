// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
public import Multiprocessing

extension WorkCompanions {
    /// Brings the messages that loggers in workers make to this program's own log.
    ///
    /// Each arrives at the handler that `LoggingSystem` makes here for the logger's label, with its level, metadata,
    /// source, file and line, and with `worker.pid` and `worker.work` (the type of the work) as further metadata. The
    /// logger of the submitting task, `Logger.current`, goes along: its label, level and metadata are those of
    /// `Logger.current` in the worker.
    ///
    /// No code is needed in the worker: its `LoggingSystem` is bootstrapped with the first work that comes with these
    /// companions. So work must not bootstrap it. The level of loggers in workers is that of `Logger.current` in the
    /// task that submits; what is below it is not sent. A message waits for room in the socket to this process and is
    /// sent before the next statement runs: a `fatalError` after it does not take it along.
    ///
    /// What it does not reach: workers begun by `.fork`, and threads, use this program's handlers as they are, since
    /// they have a copy of them or are in the same process. Bootstrap before the first work is submitted. Handlers are
    /// called on the thread that reads for all workers: they must not wait for the pool.
    public mutating func relayLogs() {
        CopiedProcess.noteOriginal()
        let loggers = ParentLoggers()
        carry(LogCarrier.self)
        handle(LogRecord.self) { record, processIdentifier in loggers.log(record, from: processIdentifier) }
    }
}

/// Takes the surroundings of the submitting task's log along.
enum LogCarrier: WorkCarrier {
    private static let level = "level"
    private static let label = "label"
    private static let metadataPrefix = "metadata."

    static func captured() -> [String: String]? {
        let logger = Logger.current
        var words = [level: logger.logLevel.rawValue]
        // An empty label means that the task has no logger of its own.
        guard !logger.label.isEmpty else { return words }
        words[label] = logger.label
        for (key, value) in logger.handler.metadata { words[metadataPrefix + key] = "\(value)" }
        return words
    }

    static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        let level = words[level].flatMap { Logger.Level(rawValue: $0) } ?? .info
        WorkerLog.begin(work: String(reflecting: work), level: level)
        guard let label = words[label] else { return await operation() }
        var logger = Logger(label: label)
        logger.logLevel = level
        for (key, value) in words where key.hasPrefix(metadataPrefix) {
            logger[metadataKey: String(key.dropFirst(metadataPrefix.count))] = .string(value)
        }
        return await withLogger(logger) { _ in await operation() }
    }
}
