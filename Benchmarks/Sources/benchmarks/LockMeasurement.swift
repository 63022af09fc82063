// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

/// Increments of what processes share: what a lock, an atomic and a shard cost, alone and with a rival.
enum LockMeasurement {
    static func run(count: Int) throws {
        try measure("mutex alone", processes: 1) { .mutex(try SharedMutex(0), count) }
        try measure("mutex two", processes: 2) { .mutex(try SharedMutex(0), count / 4) }
        try measure("atomic two", processes: 2) { .atomic(try SharedAtomic(0), count) }
        try measure("counter two", processes: 2) { .counter(try SharedCounter(), count) }
        try measure("shard alone", processes: 1) { .shard(try SharedCounter(), count * 10) }
        try measure("shard two", processes: 2) { .shard(try SharedCounter(), count * 10) }
    }

    /// Prints increments a second. All processes begin at the same moment, and none of their starts is counted.
    private static func measure(_ name: String, processes: Int, _ way: () throws -> Increments.Way) throws {
        let gate = try SharedAtomic(0)
        let work = Increments(way: try way(), gate: gate, processes: processes)
        let children = try (0..<processes).map { _ in try ChildProcess.start(work) }
        while gate[].load(ordering: .acquiring) < processes { sched_yield() }
        let began = ContinuousClock.now
        gate[].add(1, ordering: .sequentiallyConsistent)
        let done = try children.reduce(0) { try $0 + $1.wait().get() }
        let time = ContinuousClock.now - began
        guard done == work.way.count * processes, try work.way.total() == done else {
            throw BenchmarkFailure("\(name): a wrong sum")
        }
        print(Series.line(name, [Double(done) / (time.nanoseconds / 1e9)]))
    }
}

/// Increments one thing many times.
struct Increments: Work {
    enum Way: Codable, Sendable {
        case mutex(SharedMutex<Int>, Int)
        case atomic(SharedAtomic<Int>, Int)
        case counter(SharedCounter, Int)
        case shard(SharedCounter, Int)

        var count: Int {
            switch self {
            case .mutex(_, let count), .atomic(_, let count), .counter(_, let count), .shard(_, let count): count
            }
        }

        /// What has come together in shared memory.
        func total() throws -> Int {
            switch self {
            case .mutex(let mutex, _): try mutex.withLock { $0 }
            case .atomic(let atomic, _): atomic[].load(ordering: .acquiring)
            case .counter(let counter, _), .shard(let counter, _): counter.total
            }
        }
    }

    var way: Way
    /// Counts who has come; one more opens it.
    var gate: SharedAtomic<Int>
    var processes: Int

    func run() throws -> Int {
        gate[].add(1, ordering: .sequentiallyConsistent)
        while gate[].load(ordering: .acquiring) <= processes {}
        switch way {
        case .mutex(let mutex, let count): for _ in 0..<count { try mutex.withLock { $0 += 1 } }
        case .atomic(let atomic, let count):
            for _ in 0..<count { atomic[].wrappingAdd(1, ordering: .sequentiallyConsistent) }
        case .counter(let counter, let count): for _ in 0..<count { counter.add() }
        case .shard(let counter, let count):
            guard var shard = counter.claimShard() else { throw BenchmarkFailure("no shard was free") }
            for _ in 0..<count { shard.add() }
        }
        return way.count
    }
}
