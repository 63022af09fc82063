// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What the driver has written.
struct SparkOutcome: Decodable, Equatable, Sendable {
    /// Partial counts.
    var lines: [String]?
    /// How many documents there are.
    var expected: Int?
    var tasks: Int?
    var failedTasks: Int?
    var spark: String?
    var error: String?
    /// The end of what the worker that failed has written on standard error.
    var stderr: String?
    /// The code of the worker that failed.
    var status: Int?

    init?(_ bytes: [UInt8]) {
        guard let outcome = try? JSONDecoder().decode(SparkOutcome.self, from: Data(bytes)) else { return nil }
        self = outcome
    }

    /// The sum of the lines.
    ///
    /// - Throws: `Refusal` for a job that failed, and for a sum that is not of all documents.
    func count(_ input: SparkPlan.Input) throws(Refusal) -> PartialCount {
        if let error {
            // A worker's last line is its summary.
            let last = stderr?.split(separator: "\n").last.map(String.init) ?? ""
            let message = error.contains(last) ? error : "\(error): \(last)"
            throw Refusal(status == Int(Ending.someFailed.rawValue) ? .someFailed : .defect, message)
        }
        var merger = Merger()
        for line in lines ?? [] { try merger.add(line: line, from: "Spark") }
        var documents = expected
        var sum = merger.sum
        switch input {
        case .documents(let names) where names.count != expected:
            throw Refusal(.defect, "Spark was given \(names.count) documents and found \(expected ?? 0)")
        case .contents(_, areParts: true):
            // Nobody sees the whole of a document there.
            sum.documents = expected ?? 0
            documents = nil
        case .list:
            // A source of a list may stand for many documents, or for none.
            documents = nil
        default: break
        }
        try merger.check(documentCount: documents, allowsMissing: false)
        return sum
    }

    func engine(master: String) -> EngineFacts {
        EngineFacts(
            name: "Spark " + (spark ?? ""), master: master, tasks: tasks ?? 0, retries: failedTasks ?? 0)
    }
}
