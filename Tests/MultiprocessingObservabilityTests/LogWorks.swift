// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing
import MultiprocessingObservability

struct Trouble: Error, CustomStringConvertible {
    var description: String { "no way" }
}

/// Logs in all the ways there are.
struct Talking: Work {
    var label: String

    func run() {
        var logger = Logger(label: label)
        logger[metadataKey: "of-logger"] = "l"
        logger.trace("below the level")
        logger.debug("at the level")
        logger.warning(
            "with ä and \u{0}",
            metadata: [
                "of-logger": "overridden", "list": ["a", "\(1)"], "table": ["k": ["v", ["w": "x"]]],
                "convertible": .stringConvertible(7),
            ], source: "source")
        logger.error("with an error", error: Trouble())
        logger.logLevel = .trace
        logger.trace("below the parent's level")
    }
}

/// Logs from threads and with loggers that others share.
struct Chatting: Work {
    static let shared = Logger(label: "chatting")
    var number: Int

    func run() async -> Int {
        await withTaskGroup { group in
            for part in 0..<5 { group.addTask { Self.shared.info("\(number) \(part)") } }
        }
        return number
    }
}

/// Logs by the task's own logger.
struct UsingCurrent: Work {
    func run() { Logger.current.debug("current", metadata: ["own": "1"]) }
}

/// Has somebody else log; answers who.
struct Delegating: Work {
    var label: String

    func run() async throws -> Int32 {
        var companions = WorkCompanions()
        companions.relayLogs()
        let child = try ChildProcess.start(Talking(label: label), by: .spawn, companions: companions)
        try await child.outcome.get()
        return child.processIdentifier
    }
}

/// Logs and then ends its process.
struct LoggingAndTrapping: Work {
    var label: String
    func run() {
        Logger(label: label).critical("the last words")
        fatalError("on purpose")
    }
}

/// Answers its number.
struct Countable: Work {
    var number: Int
    func run() -> Int { number }
}
