// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Work without effort through one pool: what is left is the pool's own.
enum PoolMeasurement {
    static func run(_ workers: Workers, pieces: Int, roundTrips: Int) async throws {
        try await withWorkerPool(workers) { pool in
            // Also warms up: the first pieces resolve names that the next ones find.
            _ = try await rate(of: pieces / 20) { try await pool.map($0).reduce(0, +) }
            let results = try await rate(of: pieces) { try await sum(of: $0, pool, lookAhead: nil) }
            print(Series.line("results", [results]))
            let farAhead = try await rate(of: pieces) { try await sum(of: $0, pool, lookAhead: 64) }
            print(Series.line("results 64", [farAhead]))
            let map = try await rate(of: pieces) { try await pool.map($0).reduce(0, +) }
            print(Series.line("map", [map]))
            print(Series.line("run", try await times(of: roundTrips, pool)))
        }
    }

    /// Pieces a second; the sum of all squares must come out.
    private static func rate(of pieces: Int, _ body: ([Square]) async throws -> Int) async throws -> Double {
        let work = (1...pieces).map(Square.init)
        let began = ContinuousClock.now
        let sum = try await body(work)
        let time = ContinuousClock.now - began
        let expected = pieces * (pieces + 1) * (2 * pieces + 1) / 6
        guard sum == expected else { throw BenchmarkFailure("the squares' sum is \(expected), not \(sum)") }
        return Double(pieces) / (time.nanoseconds / 1e9)
    }

    private static func sum(of work: [Square], _ pool: any WorkerPool, lookAhead: Int?) async throws -> Int {
        var sum = 0
        for try await square in pool.results(of: work, lookAhead: lookAhead) { sum += square }
        return sum
    }

    /// One piece after the other, each waited for.
    private static func times(of count: Int, _ pool: any WorkerPool) async throws -> [Double] {
        var times: [Double] = []
        for number in 1...count {
            let began = ContinuousClock.now
            let answer = try await pool.run(Square(number: number))
            times.append((ContinuousClock.now - began).nanoseconds)
            guard answer == number * number else { throw BenchmarkFailure("\(number) squared is not \(answer)") }
        }
        return times
    }
}
