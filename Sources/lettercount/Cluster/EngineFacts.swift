// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What is told of an engine that distributed the work over machines.
struct EngineFacts: Equatable, Sendable {
    /// With its version.
    var name: String
    /// Where it was asked.
    var master: String
    /// Into how many parts the documents were divided.
    var tasks: Int
    /// How many times a part was counted again because its worker, or the machine, was lost.
    var retries: Int

    var summary: [String] {
        [
            "\(tasks) task\(tasks == 1 ? "" : "s") by \(name)",
            "\(retries) repeated",
        ]
    }

    var json: JSONValue {
        [
            "name": .string(name), "master": .string(master), "tasks": JSONValue(tasks), "retries": JSONValue(retries),
        ]
    }
}
