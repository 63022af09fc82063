// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// What arrived at the log's handlers, as a program would get it.
struct Logged: Sendable {
    var label: String
    var level: Logger.Level
    var message: String
    var error: String?
    var metadata: Logger.Metadata
    var source: String
    var file: String
    var function: String
    var line: UInt
    /// What the program's metadata provider said when the message arrived.
    var provided: Logger.Metadata

    var pid: String? { metadata["worker.pid"].map { "\($0)" } }
    var work: String? { metadata["worker.work"].map { "\($0)" } }
}

/// The log of the test's process: bootstrapped once, as in a `main`.
enum TestLog {
    private static let entries = Mutex<[Logged]>([])

    static let isBootstrapped: Void = LoggingSystem.bootstrap(
        { KeepingHandler(label: $0, metadataProvider: $1) }, metadataProvider: .init { TraceMark.metadata })

    static func keep(_ entry: Logged) { entries.withLock { $0.append(entry) } }

    /// Those of a label, each once.
    static func take(_ label: String) -> [Logged] {
        entries.withLock { entries in
            defer { entries.removeAll { $0.label == label } }
            return entries.filter { $0.label == label }
        }
    }
}

struct KeepingHandler: LogHandler {
    let label: String
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    init(label: String, metadataProvider: Logger.MetadataProvider?) {
        self.label = label
        self.metadataProvider = metadataProvider
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        TestLog.keep(
            Logged(
                label: label, level: event.level, message: event.message.description,
                error: event.error.map { "\($0)" },
                metadata: metadata.merging(event.metadata ?? [:]) { $1 }, source: event.source, file: event.file,
                function: event.function, line: event.line, provided: metadataProvider?.get() ?? [:]))
    }
}
