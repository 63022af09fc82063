// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// What was counted of a part of the documents: what travels between machines, and what `merge` adds up.
///
/// Rules:
/// 1. Adding is associative and commutative, and a `PartialCount()` changes nothing: so whoever divides the documents and adds
///    the parts, in whatever order and groups, gets what one count of them all would have got.
/// 2. No batch is added twice.
/// 3. What was counted by different interpretations is not added at all.
/// 4. Numbers that are too large for 64 bits are an error, not a crash: they come from files, which may be damaged.
struct PartialCount: Equatable, Sendable {
    var batches: Set<BatchIdentity> = []
    /// Nil where nothing was counted.
    var text: TextInterpretation?
    var documents = 0
    var bytes: UInt64 = 0
    var letters = LetterCounts()
    /// In no order.
    var failures: [FailedDocument] = []

    /// Adds the other one, or changes nothing.
    mutating func merge(_ other: PartialCount) throws(MergeProblem) {
        if let text, let otherText = other.text, text != otherText { throw .mixedTexts(text, otherText) }
        // The smaller one is looked up in the larger one: sums grow, and what is added to them is small.
        let (few, many) = batches.count < other.batches.count ? (batches, other.batches) : (other.batches, batches)
        if let twice = few.filter(many.contains).min() { throw .countedTwice(twice) }
        let sum = try Sum(self, other)
        batches.formUnion(other.batches)
        text = text ?? other.text
        (documents, bytes, letters) = (sum.documents, sum.bytes, sum.letters)
        failures += other.failures
    }

    /// Rule 4.
    private struct Sum {
        let documents: Int
        let bytes: UInt64
        private(set) var letters = LetterCounts()

        init(_ left: PartialCount, _ right: PartialCount) throws(MergeProblem) {
            documents = try Self.add(left.documents, right.documents)
            bytes = try Self.add(left.bytes, right.bytes)
            var total: UInt64 = 0
            for index in 0..<26 {
                letters[at: index] = try Self.add(left.letters[at: index], right.letters[at: index])
                total = try Self.add(total, letters[at: index])
            }
        }

        private static func add<Number: FixedWidthInteger>(
            _ left: Number, _ right: Number
        ) throws(MergeProblem) -> Number {
            let (sum, overflows) = left.addingReportingOverflow(right)
            if overflows { throw .tooLarge }
            return sum
        }
    }

    /// Which shards are not there of those that belong together; sorted.
    var missingShards: [BatchIdentity] {
        Dictionary(grouping: batches, by: \.name).flatMap { name, batches -> [BatchIdentity] in
            let count = batches.map(\.shard.count).max() ?? 0
            let present = Set(batches.map(\.shard.index))
            return (1...max(1, count)).lazy.filter { !present.contains($0) }
                .compactMap { Shard($0, of: count) }.map { BatchIdentity(name: name, shard: $0) }
        }
        .sorted()
    }

    /// A batch that was divided in two ways, so that its parts overlap.
    var twiceDivided: BatchIdentity? {
        Dictionary(grouping: batches, by: \.name).values
            .filter { Set($0.map(\.shard.count)).count > 1 }.compactMap { $0.max() }.min()
    }
}

/// Why partial counts cannot be added.
enum MergeProblem: Error, Equatable, CustomStringConvertible {
    case countedTwice(BatchIdentity)
    case mixedTexts(TextInterpretation, TextInterpretation)
    case tooLarge

    var description: String {
        switch self {
        case .countedTwice(let batch):
            "the batch \(batch) is counted twice (batches of the same documents need names: worker --batch NAME)"
        case .mixedTexts(let left, let right):
            "it was counted as \(right.rawValue), others as \(left.rawValue), which cannot be added"
        case .tooLarge: "the sum is too large for 64 bits"
        }
    }
}
