// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a pool of processes is doing, in numbers, at one moment.
public struct PoolCounts: Sendable, Hashable {
    /// Pieces of work that no worker has yet.
    public let waiting: Int

    /// Pieces that workers have, those that were sent ahead included.
    public let inFlight: Int

    /// Pieces that have ended since the pool was made, well or not.
    public let ended: Int

    /// Those of them that have failed.
    public let failed: Int

    /// Processes that there are.
    public let workers: Int

    /// Those of them that have nothing to do.
    public let idleWorkers: Int
}

/// Who wants to be told of the counts whenever they have changed.
final class ProgressWatchers: Sendable {
    private let table = Monitor(PieceTable<AsyncStream<PoolCounts>.Continuation>())

    var isEmpty: Bool { table.update { $0.count == 0 } }

    func add(_ continuation: AsyncStream<PoolCounts>.Continuation) {
        let number = table.update { $0.add(continuation) }
        continuation.onTermination = { [weak self] _ in self?.table.update { _ = $0.remove(number) } }
    }

    func tell(_ counts: PoolCounts) { for continuation in all { continuation.yield(counts) } }

    func finish() { for continuation in all { continuation.finish() } }

    private var all: [AsyncStream<PoolCounts>.Continuation] {
        table.update { table in table.numbers.compactMap { table[$0] } }
    }
}

extension ProcessPoolStorage.State {
    var counts: PoolCounts {
        let inFlight = workers.keys.reduce(0) { sum, id in
            let sent = machine.workers[id]?.sent ?? []
            return sum + sent.reduce(0) { $0 + ($1.work.flatMap { machine.pieces[$0]?.works } ?? 0) }
        }
        return PoolCounts(
            waiting: max(0, Int(lastNumber) - endedWorks - inFlight), inFlight: inFlight, ended: endedWorks,
            failed: failedWorks, workers: workers.count, idleWorkers: machine.idle.count)
    }
}

extension ProcessPoolStorage {
    var counts: PoolCounts { state.update { $0.counts } }

    var workerCount: Int { state.update { $0.machine.rules.workers } }

    /// The counts now, and then the newest ones whenever somebody looks and they have changed.
    func progress() -> AsyncStream<PoolCounts> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            continuation.yield(counts)
            // Added first: a pool that ends in between finishes those that it knows.
            watchers.add(continuation)
            if state.update({ $0.machine.hasEnded }) { continuation.finish() }
        }
    }

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
