// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing

/// A log message on its way from a worker to its parent.
struct LogRecord: WorkerNotice {
    var label: String
    var level: Logger.Level
    var message: String
    var error: LoggedError?
    var metadata: [String: Value]
    var source: String
    var file: String
    var function: String
    var line: UInt
    /// The type of the work that was running.
    var work: String
    /// The trace that the message belongs to, as words; empty for none.
    var trace: [String: String]

    /// A metadata value: a tree whose leaves are text.
    indirect enum Value: Codable, Sendable {
        case text(String)
        case list([Value])
        case table([String: Value])

        init(_ value: Logger.MetadataValue) {
            self =
                switch value {
                case .string(let text): .text(text)
                case .stringConvertible(let value): .text("\(value)")
                case .array(let values): .list(values.map(Value.init))
                case .dictionary(let values): .table(values.mapValues(Value.init))
                }
        }

        var metadataValue: Logger.MetadataValue {
            switch self {
            case .text(let text): .string(text)
            case .list(let values): .array(values.map(\.metadataValue))
            case .table(let values): .dictionary(values.mapValues(\.metadataValue))
            }
        }
    }

    /// As the handler in the parent gets it.
    func event(from processIdentifier: Int32) -> LogEvent {
        var metadata = metadata.mapValues(\.metadataValue)
        // A message of a worker's own worker has them already, and keeps them.
        metadata.merge(["worker.pid": "\(processIdentifier)", "worker.work": "\(work)"]) { own, _ in own }
        return LogEvent(
            level: level, message: "\(message)", error: error, metadata: metadata, source: source, file: file,
            function: function, line: line)
    }
}

/// An error that was logged in a worker, as its type and text.
struct LoggedError: Error, Codable, CustomStringConvertible {
    var typeName: String
    var text: String

    init(_ error: any Error) {
        typeName = String(reflecting: type(of: error))
        text = "\(error)"
    }

    var description: String { "\(typeName): \(text)" }
}
