// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import Synchronization

/// A table for each worker, in memory that all of them have mapped; whoever wants the sum adds them up.
///
/// No two workers ever write to the same place, so nothing has to be synchronised. A document's counts come in as a
/// whole or not at all, whenever its worker dies: the new counts are written beside the old ones, and one store makes them the
/// valid ones.
struct ShardedTable: Sendable, Codable {
    /// A document that is in the table.
    struct Entry: Equatable {
        var index: Int
        var byteCount: UInt64
    }

    private let words: SharedAtomicArray<UInt64>

    // Layout, in words of 8 bytes: for each shard 128 of them: the worker that has it (0: nobody); which of the two copies is
    // valid (0 or 1); from 32 and from 64 on the copies: 26 counts, the last document's index and 1, its bytes.

    private static let shardWords = 128
    private static let documentWord = 26
    private static let byteCountWord = 27

    private static func copy(_ number: UInt64) -> Int { number == 0 ? 32 : 64 }

    /// - Parameter shards: How many workers may ever count into it, replacements of the dead among them.
    init(shards: Int) throws(SharedMemoryError) {
        words = try SharedAtomicArray(repeating: 0, count: shards * Self.shardWords)
    }

    /// Adds a document to the calling worker's shard; false when all shards belong to others.
    func add(_ counts: LetterCounts, of entry: Entry, by worker: UInt64) -> Bool {
        guard let start = shard(of: worker) else { return false }
        let valid = words[start + 1].load(ordering: .relaxed)
        let (old, new) = (start + Self.copy(valid), start + Self.copy(1 - valid))
        for index in 0..<26 {
            let count = words[old + index].load(ordering: .relaxed)
            words[new + index].store(count &+ counts[at: index], ordering: .relaxed)
        }
        words[new + Self.documentWord].store(UInt64(entry.index + 1), ordering: .relaxed)
        words[new + Self.byteCountWord].store(entry.byteCount, ordering: .relaxed)
        words[start + 1].store(1 - valid, ordering: .releasing)
        return true
    }

    private func shard(of worker: UInt64) -> Int? {
        for start in starts {
            let owner = words[start].load(ordering: .relaxed)
            if owner == worker { return start }
            let isFree = owner == 0
            if isFree, words[start].compareExchange(expected: 0, desired: worker, ordering: .relaxed).exchanged {
                return start
            }
        }
        return nil
    }

    /// The sum of all shards. Exact when the workers have ended or answered; else what they have added meanwhile may be in
    /// it or not.
    var counts: LetterCounts {
        var sum = LetterCounts()
        for start in starts {
            let valid = validCopy(of: start)
            for index in 0..<26 { sum[at: index] += words[valid + index].load(ordering: .relaxed) }
        }
        return sum
    }

    /// The entry with this index, if it was the last one of its worker: how to find out what a dead worker had finished.
    func lastEntry(withIndex index: Int) -> Entry? {
        for start in starts {
            let valid = validCopy(of: start)
            if words[valid + Self.documentWord].load(ordering: .relaxed) == UInt64(index + 1) {
                return Entry(index: index, byteCount: words[valid + Self.byteCountWord].load(ordering: .relaxed))
            }
        }
        return nil
    }

    private var starts: StrideTo<Int> { stride(from: 0, to: words.count, by: Self.shardWords) }

    private func validCopy(of start: Int) -> Int { start + Self.copy(words[start + 1].load(ordering: .acquiring)) }
}
