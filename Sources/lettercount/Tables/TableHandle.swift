// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// The table that the workers of one run update, whichever it is; as a field of their works.
enum TableHandle: Sendable, Codable {
    case racing(RacingTable)
    case atomic(AtomicTable)
    case mutex(MutexTable)
    case sharded(ShardedTable)

    /// The table for a model; nil where each document's counts are handed over as the output of its work.
    static func make(for model: CountingModel, workers: Int) throws(SharedMemoryError) -> TableHandle? {
        switch (model.sync, model.model) {
        case (.none, _): .racing(try RacingTable())
        case (.atomic, _): .atomic(try AtomicTable())
        case (.mutex, _): .mutex(try MutexTable())
        // With room for workers that take the place of dead ones.
        case (.sharded, .processes) where model.ipc == .sharedMemory:
            .sharded(try ShardedTable(shards: workers * 4 + 64))
        case (.sharded, _): nil
        }
    }

    var counts: LetterCounts {
        switch self {
        case .racing(let table): table.counts
        case .atomic(let table): table.counts
        case .mutex(let table): table.counts
        case .sharded(let table): table.counts
        }
    }
}
