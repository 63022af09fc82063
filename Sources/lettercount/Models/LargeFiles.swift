// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Files that are counted in parts, by all workers together.
struct LargeFiles {
    /// Two hundred times what it costs to hand a part over.
    static let partByteCount: UInt64 = 8 << 20

    /// Files with more bytes are counted in parts.
    static let wholeUpTo = 2 * partByteCount

    private struct Count {
        var source: NumberedSource
        var counts: DocumentCounts
        var partsLeft: Int
        var failure: WorkFailure?
    }

    private var underway: [Int: Count] = [:]
    private let additionalLetters: LetterCounts

    init(_ task: CountTask) { additionalLetters = Spellings.of(task.text).additionalLetters }

    /// The parts of a file, for works of their own.
    mutating func begin(
        _ source: NumberedSource, _ file: LargeFile, partByteCount: UInt64 = Self.partByteCount
    ) -> [NumberedSource] {
        let parts = file.parts(of: partByteCount)
        // What is counted once a document.
        let counts = DocumentCounts(letters: additionalLetters, byteCount: 0)
        underway[source.index] = Count(source: source, counts: counts, partsLeft: parts.count)
        return parts.map { NumberedSource(index: source.index, source: .part($0)) }
    }

    /// A part has been counted, or not; answers the outcome of the whole file when it was the last one.
    mutating func end(
        _ index: Int, _ result: Result<DocumentCounts, WorkFailure>
    ) -> (whole: NumberedSource, result: Result<DocumentCounts, WorkFailure>)? {
        guard var count = underway[index] else { return nil }
        count.partsLeft -= 1
        switch result {
        case .success(let part):
            if count.counts.byteCount == 0 { count.counts.timing = part.timing }
            count.counts.letters += part.letters
            count.counts.byteCount += part.byteCount
        case .failure(let failure): count.failure = count.failure ?? failure
        }
        guard count.partsLeft == 0 else {
            underway[index] = count
            return nil
        }
        underway[index] = nil
        return (count.source, count.failure.map { .failure($0) } ?? .success(count.counts))
    }
}
