// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// What a run has come to: all that the reports tell.
struct CountResult: Sendable, Equatable {
    var letters = LetterCounts()
    /// Documents that were counted; those that failed are not among them.
    var documents = 0
    /// Bytes of these documents.
    var bytes: UInt64 = 0
    /// From the start of the counting to its end; nil for counts that were made elsewhere.
    var elapsed: Duration? = .zero
    /// Whether the run came to its end: each document is counted or among the failures. An interrupted one did not.
    var isComplete = true
    /// Ordered by their sources.
    var failures: [FailedDocument] = []
    /// How many letters the table has too few because its updates were not synchronised; nil where they were.
    var lostUpdates: UInt64?

    /// Who counted, and how many of them; nil for counts that were made elsewhere.
    var model: CountingModel? = CountingModel(.sequential)
    var workers: Int? = 1
    var text = TextInterpretation.letters
    /// What distributed the work over machines, if anything did.
    var engine: EngineFacts?

    /// The code to end with.
    var ending: Ending { failures.isEmpty ? .success : .someFailed }
}

/// A document that could not be counted.
struct FailedDocument: Sendable, Equatable, CustomStringConvertible {
    let source: String
    /// A clause without the source.
    let reason: String

    var description: String { "\(source): \(reason)" }
}

/// The order of reports: the same failures are to be told in the same order.
extension FailedDocument: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.source, left.reason) < (right.source, right.reason) }
}
