// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization
import Tracing

/// The parent's handlers for the labels that workers use.
final class ParentLoggers: Sendable {
    /// Labels are few; should a program make them up, the rest is not kept.
    private static let mostKept = 256

    private let loggers = Mutex<[String: Logger]>([:])

    func log(_ record: LogRecord, from processIdentifier: Int32) {
        // To the handler and not to the logger: what may pass has been decided in the worker.
        let handler = logger(record.label).handler
        let event = record.event(from: processIdentifier)
        // So that the program's own metadata provider sees the trace that the message belongs to.
        TraceWords.with(record.trace) { handler.log(event: event) }
    }

    private func logger(_ label: String) -> Logger {
        if let known = loggers.withLock({ $0[label] }) { return known }
        // Outside of the lock: it is the program's code.
        let new = Logger(label: label)
        loggers.withLock { if $0.count < Self.mostKept { $0[label] = new } }
        return new
    }
}
