// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import Synchronization

/// Without any synchronisation: of two workers that load the same count at the same time, both add one to it and both store
/// the same sum. One update is lost.
///
/// The race is real, but it is no undefined behaviour: each load and each store is a (relaxed) atomic one, the plain
/// instruction of the processor. Only what is between them is not protected.
struct RacingTable: LetterTable {
    private let letters: SharedAtomicArray<UInt64>

    init() throws(SharedMemoryError) { letters = try SharedAtomicArray(repeating: 0, count: 26) }

    func increment(at index: Int) { add(1, at: index) }

    func add(_ counts: LetterCounts) {
        for index in 0..<26 where counts[at: index] > 0 { add(counts[at: index], at: index) }
    }

    private func add(_ amount: UInt64, at index: Int) {
        let count = letters[index].load(ordering: .relaxed)
        letters[index].store(count &+ amount, ordering: .relaxed)
    }

    var counts: LetterCounts { LetterCounts(alphabetical: letters.values) }
}

/// Each update is one atomic addition, which no other one can come into. The processors hand the memory to and fro.
struct AtomicTable: LetterTable {
    private let letters: SharedAtomicArray<UInt64>

    init() throws(SharedMemoryError) { letters = try SharedAtomicArray(repeating: 0, count: 26) }

    func increment(at index: Int) { letters[index].add(1, ordering: .relaxed) }

    func add(_ counts: LetterCounts) {
        for index in 0..<26 where counts[at: index] > 0 { letters[index].add(counts[at: index], ordering: .relaxed) }
    }

    var counts: LetterCounts { LetterCounts(alphabetical: letters.values) }
}

/// A lock around each update, the same between threads as between processes.
///
/// Not the standard library's `Mutex` for threads, although it is the faster one while nobody else wants it: on Linux the
/// kernel hands it from owner to owner once threads wait for it, with a switch of threads for each letter. Twenty
/// threads took 80 seconds for 2.5 million letters on two processors, with this lock 3.
struct MutexTable: LetterTable {
    private let letters: SharedMutex<LetterCounts>

    init() throws(SharedMemoryError) { letters = try SharedMutex(LetterCounts()) }

    func increment(at index: Int) { update { $0[at: index] += 1 } }

    func add(_ counts: LetterCounts) { update { $0 += counts } }

    var counts: LetterCounts { update { $0 } }

    /// What a worker that died in its update left is taken as it is: no count is ever half written. That the document's
    /// counts are not all there is told by who sees the worker's death.
    private func update<Result>(_ body: (inout LetterCounts) -> Result) -> Result {
        letters.withLock(repairing: { _ in }, body)
    }
}
