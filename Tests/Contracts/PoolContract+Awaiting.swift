// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a task owes that awaits work in any pool: where others have futures, this language has tasks.
    public static let awaiting = manyAwaited + firstAwaited + cancelled + endedUnawaited

    private static let manyAwaited: [PoolContract] = [
        PoolContract(
            "what goes wrong in what follows an outcome touches neither the pool nor what others wait for",
            origins: ["loky.test_reusable_executor.test_callback_crash_on_submit"]
        ) { pool in
            let tasks = (0..<20).map { number in
                Task {
                    let square = try await pool.run(Square(number: number))
                    if number % 2 == 0 { throw Oops(detail: "\(square)") }
                    return try await pool.run(Square(number: square))
                }
            }
            for (number, task) in tasks.enumerated() {
                switch await task.result {
                case .success(let output): try requireEqual(output, number * number * number * number)
                case .failure(let error):
                    try requireEqual(error as? Oops, Oops(detail: "\(number * number)"))
                    try requireEqual(number % 2, 0)
                }
            }
            try requireEqual(try await pool.run(Square(number: 4)), 16)
        },
        PoolContract(
            "tasks come to their ends in any order, those that had ended before among them",
            origins: [
                "test_as_completed.AsCompletedTests.test_no_timeout", "test_wait.WaitTests.test_all_completed",
                "loky._test_process_executor.test_no_timeout", "loky._test_process_executor.test_all_completed",
            ]
        ) { pool in
            let works = [2, 3, 4, 5].map(Picky.init)
            let tasks = works.map { work in Task { try await pool.run(work) } }
            _ = (await tasks[0].result, await tasks[1].result)
            let found = await withTaskGroup { group in
                for (place, task) in tasks.enumerated() { group.addTask { (place, try? await task.value) } }
                return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
            }
            try requireEqual(found, [0: 2, 1: nil, 2: 4, 3: nil])
        },
        PoolContract(
            "a task that is awaited twice ran once and gives the same twice",
            origins: [
                "test_as_completed.AsCompletedTests.test_duplicate_futures", "test_wait.WaitTests.test_20369",
                "loky._test_process_executor.test_duplicate_futures",
            ]
        ) { pool in
            let heart = try Heart()
            let task = Task { try await pool.run(Beating(heart: heart)) }
            async let first = task.value
            async let second = task.value
            try requireEqual(try await [first, second], [1, 1])
            try requireEqual(try await task.value, 1)
            try requireEqual(heart.beats, 1)
        },
        PoolContract(
            "a hundred tasks that all come to their end at once are all told", workers: 4,
            origins: ["test_wait.ThreadPoolWaitTests.test_pending_calls_race"]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let tasks = (0..<100).map { _ in
                Task { try await pool.run(Attending(arrivals: arrivals, begin: begin)) }
            }
            await arrivals.reaches(4)
            begin.set()
            for task in tasks { _ = try await task.value }
            try requireEqual(arrivals.beats, 100)
        },
        PoolContract(
            "chains in which each end submits the next piece come to their ends",
            origins: ["loky._test_process_executor.test_submit_from_callback"]
        ) { pool in
            let sums = try await withThrowingTaskGroup { group in
                for count in [100, 50, 60] {
                    group.addTask {
                        var number = count
                        while number > 0 { number = try await pool.run(Power(base: number - 1, exponent: 1)) }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            try requireEqual(sums, 210)
        },
        PoolContract(
            "ten tasks may map, run and cancel in one pool", workers: 3,
            origins: [
                "loky._test_process_executor.test_thread_safety",
                "loky.test_reusable_executor.test_reusable_executor_thread_safety",
            ]
        ) { pool in
            let squares = (0..<40).map { $0 * $0 }
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 {
                    group.addTask {
                        async let map = pool.map((0..<40).map(Square.init))
                        let single = (0..<20).map { number in Task { await pool.result(of: Square(number: number)) } }
                        for (number, task) in single.enumerated() where number % 2 == 0 { task.cancel() }
                        try requireEqual(try await pool.map((0..<40).map(Square.init)), squares)
                        try requireEqual(try await map, squares)
                        for (number, task) in single.enumerated() {
                            let result = await task.value
                            let mayBeCancelled = number % 2 == 0 && result == .failure(.cancelled)
                            try require(mayBeCancelled || result == .success(number * number), "found \(result)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
    ]

    private static let firstAwaited: [PoolContract] = [
        PoolContract(
            "the first of several tasks can be had while the others go on",
            origins: [
                "test_wait.WaitTests.test_first_completed",
                "test_wait.WaitTests.test_first_completed_some_already_completed",
                "loky._test_process_executor.test_first_completed",
                "loky._test_process_executor.test_first_completed_some_already_completed",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let (ends, told) = AsyncStream<String>.makeStream()
            let slow = Task {
                _ = try await pool.run(Attending(arrivals: arrivals, begin: begin))
                told.yield("slow")
            }
            await arrivals.reaches(1)
            let quick = Task {
                _ = try await pool.run(Square(number: 5))
                told.yield("quick")
            }
            var order = ends.makeAsyncIterator()
            try requireEqual(await order.next(), "quick")
            // Had again, although it has ended before it is asked for.
            try await quick.value
            begin.set()
            try requireEqual(await order.next(), "slow")
            try await slow.value
        },
        PoolContract(
            "the first failure is thrown while other work goes on, after the outputs that came before it",
            origins: [
                "test_wait.WaitTests.test_first_exception",
                "test_wait.WaitTests.test_first_exception_some_already_complete",
                "test_wait.WaitTests.test_first_exception_one_already_failed",
                "loky._test_process_executor.test_first_exception",
                "loky._test_process_executor.test_first_exception_some_already_complete",
                "loky._test_process_executor.test_first_exception_one_already_failed",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let slow = Task { try await pool.run(Attending(arrivals: arrivals, begin: begin)) }
            await arrivals.reaches(1)
            for numbers in [[2, 3], [3, 2]] {
                var results = pool.results(of: numbers.map(Picky.init), lookAhead: 1).makeAsyncIterator()
                do {
                    if numbers[0] == 2 { try requireEqual(try await results.next(), 2) }
                    throw Violation("found \(String(describing: try await results.next()))")
                } catch WorkFailure.threw(let error) {
                    try requireEqual(error.decoded(as: Oops.self), Oops(detail: "3"))
                }
            }
            try require(!begin.isSet, "the slow work had ended")
            begin.set()
            _ = try await slow.value
        },
    ]

    private static let cancelled: [PoolContract] = [
        PoolContract(
            "a task that was cancelled says so to all who ask, before and after",
            origins: [
                "test_future.FutureTests.test_cancel", "test_future.FutureTests.test_cancelled",
                "test_future.FutureTests.test_done_callback_with_cancel",
                "test_future.FutureTests.test_done_callback_already_cancelled",
                "test_future.FutureTests.test_result_with_cancel",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            try await whileBusy(pool) {
                let waiting = Task { await pool.result(of: Square(number: 5)) }
                async let before = waiting.value
                waiting.cancel()
                try requireEqual(await before, .failure(.cancelled))
                try requireEqual(await waiting.value, .failure(.cancelled))
            }
            // Too late: it has its output.
            let done = Task { await pool.result(of: Square(number: 6)) }
            try requireEqual(await done.value, .success(36))
            done.cancel()
            try requireEqual(await done.value, .success(36))
        },
        PoolContract(
            "a map that is cancelled begins none of what waits",
            origins: ["test_thread_pool.ThreadPoolExecutorTest.test_executor_map_current_future_cancel"]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let heart = try Heart()
            try await whileBusy(pool) {
                let map = Task { try await pool.map((0..<2).map { _ in Beating(heart: heart) }) }
                map.cancel()
                switch await map.result {
                case .success(let found): try requireEqual(found, [])
                case .failure(let failure): try requireEqual(failure as? WorkFailure, .cancelled)
                }
            }
            try requireEqual(try await pool.run(Beating(heart: heart)), 1)
        },
    ]

    private static let endedUnawaited: [PoolContract] = [
        PoolContract(
            "an end that nobody waits for finishes what was accepted and refuses the rest",
            origins: [
                "test_shutdown.ThreadPoolShutdownTest.test_shutdown_no_wait",
                "test_shutdown.ProcessPoolShutdownTest.test_shutdown_no_wait",
                "loky._test_process_executor.test_shutdown_no_wait",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let accepted = (0..<pool.workerCount).map { _ in
                Task { try await pool.run(Attending(arrivals: arrivals, begin: begin)) }
            }
            await arrivals.reaches(pool.workerCount)
            Task { await pool.shutDown() }
            // Refused from the moment on when the other task has come to it.
            while true {
                let late = Task { await pool.result(of: Square(number: 1)) }
                late.cancel()
                if await late.value == .failure(.poolIsShutDown) { break }
            }
            begin.set()
            for task in accepted { _ = try await task.value }
        },
        PoolContract(
            "work that is cancelled right before the end is no obstacle to it",
            origins: [
                "test_shutdown.ExecutorShutdownTest.test_hang_gh94440",
                "loky._test_process_executor.test_hang_gh94440",
            ]
        ) { pool in
            try requireEqual(try await pool.run(Square(number: 2)), 4)
            let task = Task { await pool.result(of: Square(number: 3)) }
            task.cancel()
            await pool.shutDown()
            let result = await task.value
            let allowed: [Result<Int, WorkFailure>] = [.success(9), .failure(.cancelled), .failure(.poolIsShutDown)]
            try require(allowed.contains(result), "found \(result)")
        },
    ]

    /// Keeps all workers at work for the time of the body.
    private static func whileBusy(_ pool: any WorkerPool, _ body: () async throws -> Void) async throws {
        let (arrivals, begin) = (try Heart(), try SharedEvent())
        let busy = (0..<pool.workerCount).map { _ in
            Task { try await pool.run(Attending(arrivals: arrivals, begin: begin)) }
        }
        await arrivals.reaches(pool.workerCount)
        defer { begin.set() }
        try await body()
        begin.set()
        for task in busy { _ = try await task.value }
    }
}
