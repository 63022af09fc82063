// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Very many workers: a pool begins, each gets a piece, and it ends. What that costs the parent for each of them.
enum ManyMeasurement {
    static func run(_ count: Int, _ method: StartMethod) async throws {
        ProcessFacts.raiseDescriptorLimit()
        // What the first workers cost once is another row's matter: the fork server, the runtime's threads.
        try await use(2, method)
        let (began, before) = (ContinuousClock.now, ProcessFacts.own)
        try await use(count, method)
        let (time, after) = (ContinuousClock.now - began, ProcessFacts.own)
        let share = 1 / Double(count)
        let name = "\(method.rawValue) \(count)"
        print(Series.line("\(name) wall", [time.nanoseconds * share]))
        print(Series.line("\(name) cpu", [(after.time - before.time) * share]))
        print(Series.line("\(name) memory", [(after.peak - before.peak) * share]))
    }

    private static func use(_ count: Int, _ method: StartMethod) async throws {
        let sum = try await withWorkerPool(.processes(count, by: method)) { pool in
            var sum = 0
            for try await next in pool.results(of: (1...count).map(Following.init), lookAhead: count) { sum += next }
            return sum
        }
        guard sum == count * (count + 3) / 2 else { throw BenchmarkFailure("a wrong sum of \(count): \(sum)") }
    }
}
