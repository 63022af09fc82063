// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Files that are counted in parts, by all workers together.
struct LargeFiles {
    /// Two hundred times what it costs to hand a part over.
    static let leastPart: UInt64 = 8 << 20
    /// The system reads further ahead in a longer part.
    static let mostPart: UInt64 = 64 << 20

    /// Files with more bytes are counted in parts.
    static let wholeUpTo = 2 * leastPart

    /// So many parts for each worker that all end at about the same time; each begins at a multiple of the least part.
    static func partByteCount(of byteCount: UInt64, workers: Int) -> UInt64 {
        let parts = byteCount / (leastPart * 32 * UInt64(workers))
        return min(mostPart, max(1, parts) * leastPart)
    }

    private struct Count {
        var source: NumberedSource
        var counts: DocumentCounts
        var partsLeft: Int
        var failure: WorkFailure?
    }

    private var underway: [Int: Count] = [:]
    private let additionalLetters: LetterCounts
    private let workers: Int

    init(_ task: CountTask, workers: Int) {
        self.workers = workers
        additionalLetters = Spellings.of(task.text).additionalLetters
    }

    /// The parts of a file, for works of their own.
    mutating func begin(
        _ source: NumberedSource, _ file: LargeFile, partByteCount: UInt64? = nil
    ) -> [NumberedSource] {
        let parts = file.parts(of: partByteCount ?? Self.partByteCount(of: file.byteCount, workers: workers))
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
