// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// Where each worker says what it is doing, in memory that all of them have mapped. For the display of a run, and to know
/// what a worker that has died was at.
struct WorkerBoard: Sendable, Codable {
    enum Phase: UInt64, Sendable {
        case idle = 0
        case reading, counting
    }

    /// What one worker says.
    struct Line: Equatable {
        /// From 0.
        var place: Int
        /// 0 where places are given out and not taken.
        var worker: UInt64
        var process: Int32
        var phase: Phase
        /// The document's.
        var index: Int
        /// When it began with this, by `Caller.nanoseconds`.
        var since: Int64
    }

    private let words: SharedAtomicArray<UInt64>

    // Layout, in words of 8 bytes: for each place 8, a cache line: the worker that has it (0: nobody), the phase in the two
    // lowest bits and the document's index above, since when, the process's number.

    private static let placeWords = 8

    /// - Parameter places: How many workers may ever say something, replacements of the dead among them.
    init(places: Int) throws(SharedMemoryError) {
        words = try SharedAtomicArray(repeating: 0, count: places * Self.placeWords)
    }

    /// Speaks for one worker.
    struct Reporter: Sendable {
        fileprivate let words: SharedAtomicArray<UInt64>
        fileprivate let start: Int

        func report(_ phase: Phase, of index: Int) {
            words[start + 3].store(UInt64(UInt32(bitPattern: Caller.processIdentifier)), ordering: .relaxed)
            words[start + 2].store(UInt64(bitPattern: Caller.nanoseconds), ordering: .relaxed)
            // What follows in the worker's own order, updates of a table, must not be seen before it.
            words[start + 1].store(UInt64(index) << 2 | phase.rawValue, ordering: .sequentiallyConsistent)
        }
    }

    /// - Parameter place: The worker's, or nil for the calling thread's own, which it takes the first time.
    /// - Returns: Nil when all places belong to others; the worker then says nothing.
    func reporter(at place: Int?) -> Reporter? {
        if let place { return Reporter(words: words, start: place * Self.placeWords) }
        let caller = Caller.identity
        for start in starts {
            let owner = words[start].load(ordering: .relaxed)
            let isFree = owner == 0
            if owner == caller
                || isFree && words[start].compareExchange(expected: 0, desired: caller, ordering: .relaxed).exchanged
            {
                return Reporter(words: words, start: start)
            }
        }
        return nil
    }

    /// Of those who have said anything.
    var lines: [Line] {
        starts.compactMap { start in
            let state = words[start + 1].load(ordering: .acquiring)
            let since = Int64(bitPattern: words[start + 2].load(ordering: .relaxed))
            guard since != 0, let phase = Phase(rawValue: state & 3) else { return nil }
            return Line(
                place: start / Self.placeWords, worker: words[start].load(ordering: .relaxed),
                process: Int32(truncatingIfNeeded: words[start + 3].load(ordering: .relaxed)), phase: phase,
                index: Int(state >> 2), since: since)
        }
    }

    private var starts: StrideTo<Int> { stride(from: 0, to: words.count, by: Self.placeWords) }
}
