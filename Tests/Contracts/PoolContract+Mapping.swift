// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

extension PoolContract {
    /// What becomes of many pieces of work in any pool.
    public static let mapping = inputs + ends + workers

    private static let inputs: [PoolContract] = [
        PoolContract(
            "work has as many arguments as it has fields, by their names",
            origins: [
                "_test_multiprocessing._TestPool.test_starmap", "executor.ExecutorTest.test_submit_keyword",
                "loky._test_process_executor.test_submit_keyword", "loky._test_process_executor.test_map",
                "loky._test_process_executor.test_submit",
            ]
        ) { pool in
            try requireEqual(try await pool.run(Power(base: 2, exponent: 8)), 256)
            let works = (0..<10).map { Power(base: $0, exponent: 9 - $0) }
            try requireEqual(try await pool.map(works), [0, 1, 128, 729, 1_024, 625, 216, 49, 8, 1])
        },
        PoolContract(
            "a map goes on while its caller does something else, and although nobody asks for it",
            origins: [
                "_test_multiprocessing._TestPool.test_map_async", "_test_multiprocessing._TestPool.test_starmap_async",
                "_test_multiprocessing._TestPool.test_async",
                "test_thread_pool.ThreadPoolExecutorTest.test_map_submits_without_iteration",
            ]
        ) { pool in
            let ends = Tally()
            let asked = Task { try await pool.map((0..<100).map { Power(base: $0, exponent: 2) }) }
            Task {
                _ = try await pool.map((0..<20).map(Square.init))
                ends.add()
            }
            try requireEqual(try await pool.run(Power(base: 3, exponent: 3)), 27)
            try requireEqual(try await asked.value, (0..<100).map { $0 * $0 })
            try await eventually("the map that nobody asked for ends") { ends.value == 1 }
        },
        PoolContract(
            "any look-ahead gives the same",
            origins: [
                "_test_multiprocessing._TestPool.test_map_chunksize",
                "test_process_pool.ProcessPoolExecutorTest.test_map_chunksize",
                "loky._test_process_executor.test_map_chunksize",
            ]
        ) { pool in
            let squares = (0..<40).map { $0 * $0 }
            for lookAhead in [1, 2, 6, 39, 40, 50, Int.max] {
                try requireEqual(try await pool.map((0..<40).map(Square.init), lookAhead: lookAhead), squares)
                try requireEqual(try await pool.map([Square](), lookAhead: lookAhead), [])
            }
        },
        PoolContract(
            "outcomes bear their place in the input, and arrive while there is still input",
            origins: ["_test_multiprocessing._TestPool.test_imap"]
        ) { pool in
            let taken = Tally()
            var places: Set<Int> = []
            let works = (0..<60).lazy.map { number in
                taken.add()
                return Square(number: number)
            }
            for await outcome in pool.outcomes(of: works, lookAhead: 3) {
                if places.isEmpty { try require(taken.value < 60, "the first came when all was taken") }
                places.insert(outcome.index)
                try requireEqual(outcome.work.number, outcome.index)
                try requireEqual(outcome.result, .success(outcome.index * outcome.index))
            }
            try requireEqual(places, Set(0..<60))
        },
        PoolContract(
            "an input that ends early by an error of its own is done as far as it came",
            origins: [
                "_test_multiprocessing._TestPool.test_map_handle_iterable_exception",
                "_test_multiprocessing._TestPool.test_imap_handle_iterable_exception",
                "_test_multiprocessing._TestPool.test_imap_unordered_handle_iterable_exception",
                "loky.test_reusable_executor.test_imap_handle_iterable_exception",
            ]
        ) { pool in
            for (end, lookAhead) in [(0, 1), (3, 1), (7, 2), (7, 4), (19, 40)] {
                let input = Stumbling(after: end)
                try requireEqual(try await pool.map(input, lookAhead: lookAhead), (0..<end).map { $0 * $0 })
                try requireEqual(input.errors.value, 1)
                let unordered = Stumbling(after: end)
                var sum = 0
                for try await square in pool.results(of: unordered, lookAhead: lookAhead) { sum += square }
                try requireEqual(sum, (0..<end).reduce(0) { $0 + $1 * $1 })
                try requireEqual(unordered.errors.value, 1)
            }
            try requireEqual(try await pool.run(Square(number: 3)), 9)
        },
    ]

    private static let ends: [PoolContract] = [
        PoolContract(
            "a failure has its place among the outputs",
            origins: ["executor.ExecutorTest.test_map_exception", "loky._test_process_executor.test_map_exception"]
        ) { pool in
            var results: [Int: Result<Int, WorkFailure>] = [:]
            for await outcome in pool.outcomes(of: [2, 4, 5, 6].map(Picky.init)) {
                results[outcome.index] = outcome.result
            }
            try requireEqual(results.count, 4)
            for (index, value) in [(0, 2), (1, 4), (3, 6)] { try requireEqual(results[index], .success(value)) }
            guard case .failure(.threw(let error)) = results[2] else { throw Violation("found \(results)") }
            try requireEqual(error.decoded(as: Oops.self), Oops(detail: "5"))
        },
        PoolContract(
            "each map and each piece of work tells its end once, as its output or its failure",
            origins: [
                "_test_multiprocessing._TestPool.test_map_async_callbacks",
                "_test_multiprocessing._TestPoolWorkerErrors.test_async_error_callback",
            ]
        ) { pool in
            let told = Mutex<[String]>([])
            let tell = { @Sendable (text: String) in told.withLock { $0.append(text) } }
            for numbers in [[2, 4], [6, 7, 8]] {
                await Task {
                    do { tell("\(try await pool.map(numbers.map(Picky.init)))") } catch { tell("\(error)") }
                }.value
            }
            switch await pool.result(of: Picky(number: 9)) {
            case .success(let number): tell("\(number)")
            case .failure(let failure): tell("\(failure)")
            }
            let failures = [7, 9].map { "the work threw Contracts.Oops: oops, \($0)" }
            try requireEqual(told.withLock { $0 }, ["[2, 4]"] + failures)
        },
        PoolContract(
            "a map that fails does not keep the pool from its end",
            origins: ["_test_multiprocessing._TestPool.test_map_no_failfast"]
        ) { pool in
            let works = [1, 2, 4, 6, 8, 10].map(Picky.init)
            guard case .failure(.threw) = await mapped(works, pool) else { throw Violation("it did not fail") }
            await pool.shutDown()
            try requireEqual(await pool.result(of: Picky(number: 2)), .failure(.poolIsShutDown))
        },
        PoolContract(
            "what work throws says where, and arrives in words when it cannot be encoded",
            origins: [
                "_test_multiprocessing._TestPool.test_traceback",
                "_test_multiprocessing._TestPool.test_wrapped_exception",
                "test_process_pool.ProcessPoolExecutorTest.test_traceback",
                "loky._test_process_executor.test_traceback",
            ]
        ) { pool in
            for work in [Complaining(isCodable: true), Complaining(isCodable: false)] {
                guard case .threw(let error) = try await failure(of: work, in: pool) else {
                    throw Violation("no error")
                }
                try requireEqual(error.typeName, work.isCodable ? "Contracts.Oops" : "Contracts.Uncodable")
                try requireEqual(error.text, work.isCodable ? "oops, codable" : "only words")
                try requireEqual(error.decoded(as: Oops.self), work.isCodable ? Oops(detail: "codable") : nil)
                try requireEqual(error.origin.processIdentifier == getpid(), !(pool is ProcessPool))
            }
        },
        PoolContract(
            "fifty accepted pieces are finished before the end",
            origins: [
                "test_shutdown.ExecutorShutdownTest.test_hang_issue12364",
                "loky._test_process_executor.test_hang_issue12364",
                "executor.ExecutorTest.test_shutdown_race_issue12456",
                "loky._test_process_executor.test_shutdown_race_issue12456",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            var outcomes = pool.outcomes(of: (0..<50).map(Square.init), lookAhead: 50).makeAsyncIterator()
            var squares: [Int] = []
            // With the first request all fifty are submitted.
            while let outcome = await outcomes.next(isolation: nil) {
                squares.append(try outcome.result.get())
                if squares.count == 1 { await pool.shutDown() }
            }
            try requireEqual(squares.sorted(), (0..<50).map { $0 * $0 })
        },
    ]

    private static func mapped<W: Work>(_ works: [W], _ pool: any WorkerPool) async -> Result<[W.Output], WorkFailure> {
        do { return .success(try await pool.map(works)) } catch { return .failure(error) }
    }

    private static let workers: [PoolContract] = [
        PoolContract(
            "as many pieces run as there are workers, and the others wait", workers: 3,
            origins: [
                "test_process_pool.ProcessPoolExecutorTest.test_saturation",
                "test_thread_pool.ThreadPoolExecutorTest.test_saturation",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let works = (0..<15).map { _ in Attending(arrivals: arrivals, begin: begin) }
            async let processes = pool.map(works, lookAhead: 15)
            await arrivals.reaches(3)
            for _ in 0..<1_000 { await Task.yield() }
            try requireEqual(arrivals.beats, 3)
            if let pool = pool as? ProcessPool { try requireEqual(pool.processIdentifiers.count, 3) }
            begin.set()
            try requireEqual(Set(try await processes).count, pool is ProcessPool ? 3 : 1)
        },
        PoolContract(
            "idle workers are used again, and no others come", workers: 3,
            origins: [
                "test_process_pool.ProcessPoolExecutorTest.test_idle_process_reuse_one",
                "test_process_pool.ProcessPoolExecutorTest.test_idle_process_reuse_multiple",
                "test_thread_pool.ThreadPoolExecutorTest.test_idle_thread_reuse",
            ]
        ) { pool in
            var used: Set<Int32> = []
            for _ in 0..<10 { used.insert(try await pool.run(Identity())) }
            used.formUnion(try await pool.map((0..<40).map { _ in Identity() }))
            let all = (pool as? ProcessPool)?.processIdentifiers ?? [getpid()]
            try require(used.isSubset(of: all), "\(used) are not of \(all)")
        },
    ]
}

/// An input whose source fails after some elements, which a sequence cannot throw: it notes it and ends.
struct Stumbling: Sequence, IteratorProtocol {
    let errors = Tally()
    private let end: Int
    private var position = 0

    init(after end: Int) { self.end = end }

    mutating func next() -> Square? {
        guard position < end else {
            if position == end { errors.add() }
            position = end + 1
            return nil
        }
        defer { position += 1 }
        return Square(number: position)
    }
}
