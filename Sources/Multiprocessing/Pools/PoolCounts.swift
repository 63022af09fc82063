// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a pool of processes is doing, in numbers, at one moment.
public struct PoolCounts: Sendable, Hashable {
    /// Pieces of work that no worker has yet.
    public let waiting: Int

    /// Pieces that workers have, those that were sent ahead included.
    public let inFlight: Int

    /// Processes that there are.
    public let workers: Int

    /// Those of them that have nothing to do.
    public let idleWorkers: Int
}

extension ProcessPoolStorage {
    var counts: PoolCounts {
        state.update { state in
            let waiting = state.works.reduce(0) { sum, work in sum + (work.map { $0.end - $0.first } ?? 0) }
            let inFlight = state.machine.pieces.numbers.reduce(0) { sum, number in
                guard let piece = state.machine.pieces[number], piece.worker != nil else { return sum }
                return sum + piece.works
            }
            return PoolCounts(
                waiting: max(0, waiting - inFlight), inFlight: inFlight, workers: state.workers.count,
                idleWorkers: state.machine.idle.count)
        }
    }

    var workerCount: Int { state.update { $0.machine.rules.workers } }

    /// How many works of a sequence go together: as many as run in a tenth of a millisecond.
    func parcelSize(_ options: WorkOptions) -> Int {
        guard options.batching == .automatic, options.timeLimit == nil, configuration.timeLimit == nil,
            configuration.maximumWorkPerWorker == nil, configuration.memoryLimit == nil, configuration.observer == nil
        else { return 1 }
        let usual = state.update { $0.machine.usualRun }
        return usual < 0 ? 1 : max(1, min(Self.mostInParcel, Int(Self.parcelTime / max(1, usual))))
    }

    private static var mostInParcel: Int { 1024 }
    private static var parcelTime: Int64 { 100_000 }
}
