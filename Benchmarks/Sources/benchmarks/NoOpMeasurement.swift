// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// The work that all peers do alike.
struct Following: Work {
    var number: Int
    func run() -> Int { number + 1 }
}

/// A million pieces of nothing through two processes, in each of the ways there are.
enum NoOpMeasurement {
    static func run(pieces: Int, roundTrips: Int) async throws {
        try await withWorkerPool(.processes(2)) { pool in
            // Resolves names and touches pages that the next ones find.
            _ = try await rate(of: 1_000) { try await pool.map($0).reduce(0, +) }
            for lookAhead in [64, 256] {
                // A piece a message: fewer of them, since what is shown is a rate.
                let rate = try await rate(of: pieces / 10) { try await sum(of: $0, pool, lookAhead) }
                print(Series.line("outcomes \(lookAhead)", [rate]))
            }
            // An array, as most have, made within the time: whole ranges of one are copied at once.
            print(Series.line("map", [try await rate(of: pieces) { try await pool.map(Array($0)).reduce(0, +) }]))
            print(Series.line("run", try await times(of: roundTrips, pool)))
        }
    }

    private static func rate(
        of pieces: Int, _ body: (LazyMapSequence<ClosedRange<Int>, Following>) async throws -> Int
    ) async throws -> Double {
        let began = ContinuousClock.now
        let sum = try await body((1...pieces).lazy.map(Following.init))
        let time = ContinuousClock.now - began
        guard sum == pieces * (pieces + 3) / 2 else { throw BenchmarkFailure("a wrong sum of \(pieces): \(sum)") }
        return Double(pieces) / (time.nanoseconds / 1e9)
    }

    private static func sum(
        of works: LazyMapSequence<ClosedRange<Int>, Following>, _ pool: any WorkerPool, _ lookAhead: Int
    ) async throws -> Int {
        var sum = 0
        for await outcome in pool.outcomes(of: works, lookAhead: lookAhead, options: WorkOptions(batching: .none)) {
            sum += try outcome.result.get()
        }
        return sum
    }

    private static func times(of count: Int, _ pool: any WorkerPool) async throws -> [Double] {
        var times: [Double] = []
        for number in 1...count {
            let began = ContinuousClock.now
            let answer = try await pool.run(Following(number: number))
            times.append((ContinuousClock.now - began).nanoseconds)
            guard answer == number + 1 else { throw BenchmarkFailure("what follows \(number) is not \(answer)") }
        }
        return times
    }
}
