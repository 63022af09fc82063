// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    static let basics: [PoolContract] = [
        PoolContract(
            "run returns the work's output",
            origins: ["_test_multiprocessing._TestPool.test_apply", "executor.ExecutorTest.test_submit"]
        ) { pool in
            try requireEqual(try await pool.run(Square(number: 12)), 144)
        },
        PoolContract("values of every kind arrive as they were sent") { pool in
            try requireEqual(try await pool.run(Echo()), Echo.Content())
            try requireEqual(
                try await pool.run(Echo(content: .init(text: "", numbers: [], table: [:], choice: .none))).table, [:])
            try requireEqual(try await pool.run(Bytes(bytes: [1, 2, 3])), [3, 2, 1])
            try await pool.run(Nothing())
        },
        PoolContract("a message may be empty or very large") { pool in
            try requireEqual(try await pool.run(Bytes(bytes: [])), [])
            let large = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try requireEqual(try await pool.run(Bytes(bytes: large)), large.reversed())
        },
        PoolContract("asynchronous work may use groups, actors, detached tasks, timers and the main actor") { pool in
            try requireEqual(try await pool.run(Asynchronous()), [55, 7, 8])
        },
        PoolContract(
            "map keeps the input's order",
            origins: ["_test_multiprocessing._TestPool.test_map", "executor.ExecutorTest.test_map"]
        ) { pool in
            let numbers = Array(0..<200)
            try requireEqual(try await pool.map(numbers.map(Square.init)), numbers.map { $0 * $0 })
        },
        PoolContract("no work is no output", origins: ["_test_multiprocessing._TestPool.test_empty_iterable"]) { pool in
            try requireEqual(try await pool.map([Square]()), [])
            for try await output in pool.results(of: [Square]()) { throw Violation("found \(output)") }
        },
        PoolContract(
            "results are all there, whatever their order",
            origins: ["_test_multiprocessing._TestPool.test_imap_unordered"]
        ) { pool in
            var sum = 0
            for try await output in pool.results(of: (1...100).lazy.map(Square.init)) { sum += output }
            try requireEqual(sum, 338_350)
        },
        PoolContract("many tasks may use a pool at once") { pool in
            let sums = try await withThrowingTaskGroup { group in
                for task in 0..<16 {
                    group.addTask { try await pool.map((0..<50).map { Square(number: task * 50 + $0) }).reduce(0, +) }
                }
                return try await group.reduce(0, +)
            }
            try requireEqual(sums, (0..<800).reduce(0) { $0 + $1 * $1 })
        },
    ]

    static let failures: [PoolContract] = [
        PoolContract(
            "what work throws arrives with its type, its text and its value",
            origins: ["test_deadlock.ExecutorDeadlockTest.test_error_during_func_exec_on_worker"]
        ) { pool in
            let failure = try await failure(of: Throwing(detail: "7 drops"), in: pool)
            guard case .threw(let error) = failure else { throw Violation("found \(failure)") }
            try requireEqual(error.typeName, "Contracts.Oops")
            try requireEqual(error.text, "oops, 7 drops")
            try requireEqual(error.decoded(as: Oops.self), Oops(detail: "7 drops"))
            try require(error.decoded(as: CodableStandIn.self) == nil, "another type was decoded")
        },
        PoolContract("the failure of one work touches no other") { pool in
            var values: [Int] = []
            var failed: [Int] = []
            for await outcome in pool.outcomes(of: (0..<40).map(Picky.init)) {
                switch outcome.result {
                case .success(let value): values.append(value)
                case .failure(.threw): failed.append(outcome.work.number)
                case .failure(let failure): throw Violation("found \(failure)")
                }
            }
            try requireEqual(values.sorted(), Array(stride(from: 0, to: 40, by: 2)))
            try requireEqual(failed.sorted(), Array(stride(from: 1, to: 40, by: 2)))
        },
        PoolContract("map and results throw a failure of their work, and the pool lives on") { pool in
            do {
                throw Violation("found \(try await pool.map([0, 2, 3, 4].map(Picky.init)))")
            } catch let failure as WorkFailure {
                guard case .threw = failure else { throw Violation("found \(failure)") }
            }
            var results = pool.results(of: [1].map(Picky.init)).makeAsyncIterator()
            do {
                _ = try await results.next()
                throw Violation("no failure was thrown")
            } catch let failure as WorkFailure {
                guard case .threw = failure else { throw Violation("found \(failure)") }
            }
            try requireEqual(try await results.next(), nil)
            try requireEqual(try await pool.run(Square(number: 3)), 9)
        },
    ]
}

private struct CodableStandIn: Error, Codable {}
