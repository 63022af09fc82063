// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Very many workers: a pool begins, each gets a piece, and it ends. What that costs the parent for each of them.
enum ManyMeasurement {
    /// A pool that has just begun, and what was before it.
    struct Start: Sendable {
        let pool: ProcessPool
        let began: ContinuousClock.Instant
        let before: (time: Double, peak: Double)
    }

    /// Before the first task, as `.fork` asks for.
    static func start(_ count: Int, _ method: StartMethod) throws -> Start {
        ProcessFacts.raiseDescriptorLimit()
        // The server's own beginning is another row's matter.
        if method == .forkServer { try ForkServer.start() }
        let before = ProcessFacts.own
        let began = ContinuousClock.now
        return Start(pool: try ProcessPool(workers: count, by: method), began: began, before: before)
    }

    static func run(_ start: Start) async throws {
        let count = start.pool.workerCount
        var sum = 0
        for try await next in start.pool.results(of: (1...count).map(Following.init), lookAhead: count) { sum += next }
        await start.pool.shutDown()
        let time = ContinuousClock.now - start.began
        guard sum == count * (count + 3) / 2 else { throw BenchmarkFailure("a wrong sum of \(count): \(sum)") }
        let after = ProcessFacts.own
        let share = 1 / Double(count)
        let name = "\(start.pool.startMethod.rawValue) \(count)"
        print(Series.line("\(name) wall", [time.nanoseconds * share]))
        print(Series.line("\(name) cpu", [(after.time - start.before.time) * share]))
        print(Series.line("\(name) memory", [(after.peak - start.before.peak) * share]))
    }
}
