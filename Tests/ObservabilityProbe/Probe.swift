// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import Multiprocessing
import MultiprocessingObservability

/// Has a logger of its type, as most code has.
struct Greeting: Work {
    private static let logger = Logger(label: "greeter")
    var number: Int

    func run() { Self.logger.info("hello", metadata: ["number": "\(number)"]) }
}

/// Prints each message at once, with the sorted metadata.
struct PrintingHandler: LogHandler {
    let label: String
    var metadataProvider: Logger.MetadataProvider?
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(label: String) { self.label = label }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let words = all.keys.sorted().filter { $0 != "worker.pid" }.map { "\($0)=\(all[$0, default: ""])" }
        let process = all["worker.pid"].map { $0 == "\(getpid())" ? "itself" : "a worker" } ?? "no worker"
        let line = "\(event.level) \(label) \(event.message) \(words.joined(separator: " ")) from \(process)\n"
        let bytes = Array(line.utf8)
        // Reads count bytes of the array.
        _ = unsafe write(1, bytes, bytes.count)
    }
}

/// A worker's instrument that must not be asked for twice.
enum NoTracer: WorkerInstrumentation {
    static func bootstrap() {}
}

enum ProbeEnd {
    /// Without the unwinding of `exit`: other threads go on meanwhile.
    static func now() -> Never { _exit(0) }
}
