// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// What has made pools of processes hang or lose work elsewhere.
    public static let trouble = endings + loads + nested + insides

    private static let endings: [PoolContract] = [
        PoolContract(
            "a pool that is ended while its workers crash ends, and all work with it", workers: 3,
            origins: [
                "test_deadlock.ExecutorDeadlockTest.test_shutdown_deadlock",
                "loky.test_reusable_executor.test_shutdown_deadlock",
            ]
        ) { pool in
            try await gather(pool)
            let tasks = (0..<30).map { number in
                Task { await pool.result(of: number % 5 == 2 ? Mixed.dying(.kill) : .square(number)) }
            }
            let first = await tasks[0].value
            try requireEqual(first, .success(0))
            await pool.shutDown()
            for (number, task) in tasks.enumerated() {
                switch await task.value {
                case .success(let square): try requireEqual(square, number * number)
                case .failure(.died(let report)):
                    try requireEqual(report.status, .signaled(SIGKILL))
                    try requireEqual(number % 5, 2)
                case .failure(let failure): try requireEqual(failure, .poolIsShutDown)
                }
            }
        },
        PoolContract(
            "work that cannot be encoded is no obstacle to the end",
            origins: [
                "test_deadlock.ExecutorDeadlockTest.test_shutdown_deadlock_pickle",
                "loky._test_process_executor.test_shutdown_deadlock_pickle",
                "loky._test_process_executor.test_shutdown_with_pickle_error",
            ]
        ) { pool in
            let mishap = Mishap(.error, while: .encodingWork)
            let tasks = (0..<5).map { _ in Task { try await failure(of: MeetingMishap(mishap), in: pool) } }
            try requireFailure(try await tasks[0].value, isOf: mishap)
            await pool.shutDown()
            for task in tasks {
                let failure = try await task.value
                if failure != .poolIsShutDown { try requireFailure(failure, isOf: mishap) }
            }
        },
        PoolContract(
            "an abandoned pool ends at once, however long its work would have taken", workers: 5,
            origins: ["loky.test_reusable_executor.test_shutdown_kill"]
        ) { pool in
            try requireEqual(try await pool.map((0..<100).map(Square.init)), (0..<100).map { $0 * $0 })
            let (arrivals, never) = (try Heart(), try SharedEvent())
            let tasks = (0..<20).map { _ in
                Task { try await failure(of: Attending(arrivals: arrivals, begin: never), in: pool) }
            }
            await arrivals.reaches(5)
            let start = ContinuousClock.now
            await pool.shutDown(.abandoning)
            let time = ContinuousClock.now - start
            try require(time < .seconds(5), "it took \(time)")
            for task in tasks { try requireEqual(try await task.value, .poolIsShutDown) }
        },
        PoolContract(
            "a pool may be ended while many submit to it, and each submission has one end", workers: 3,
            origins: ["loky.test_reusable_executor.test_reusable_executor_submit_during_shutdown_race"]
        ) { pool in
            let submitters = (0..<10).map { first in
                Task {
                    for number in first... {
                        switch await pool.result(of: Square(number: number)) {
                        case .success(let square): try requireEqual(square, number * number)
                        case .failure(let failure):
                            try requireEqual(failure, .poolIsShutDown)
                            return
                        }
                    }
                }
            }
            _ = try await pool.map((0..<200).map(Square.init))
            await withTaskGroup { group in
                for mode in [ShutDownMode.finishing, .abandoning, .finishing] {
                    group.addTask { await pool.shutDown(mode) }
                }
            }
            for submitter in submitters { try await submitter.value }
        },
    ]

    private static let loads: [PoolContract] = [
        PoolContract(
            "a hundred pieces that cannot be encoded do not stand in the way of a hundred that can", workers: 1,
            origins: ["loky.test_reusable_executor.test_queue_full_deadlock"]
        ) { pool in
            let mishap = Mishap(.error, while: .encodingWork)
            let works =
                (0..<100).map { MeetingMishap(number: $0, mishap) } + (0..<100).map { MeetingMishap(number: $0) }
            var failures = 0
            for await outcome in pool.outcomes(of: works, lookAhead: works.count) {
                switch outcome.result {
                case .success(let output): try requireEqual(output.number, outcome.index - 100)
                case .failure(let failure):
                    try requireFailure(failure, isOf: mishap)
                    failures += 1
                }
            }
            try requireEqual(failures, 100)
        },
        PoolContract(
            "thousands of pieces may be submitted while no worker takes any",
            origins: ["test_deadlock.ExecutorDeadlockTest.test_gh105829_should_not_deadlock_if_wakeup_pipe_full"]
        ) { pool in
            let workers = try await gather(pool)
            for worker in workers { kill(worker, SIGSTOP) }
            // The first of all is asked for when everything has been submitted: the sequence is at its end by then.
            let works = (0..<5_000).lazy.map { number in
                if number == 4_999 { for worker in workers { kill(worker, SIGCONT) } }
                return Square(number: number)
            }
            var sum = 0
            for try await square in pool.results(of: works, lookAhead: 5_000) { sum += square }
            try requireEqual(sum, (0..<5_000).reduce(0) { $0 + $1 * $1 })
        },
        PoolContract(
            "a hundred megabytes travel either way",
            origins: ["loky._test_process_executor.test_no_failure_on_large_data_send"]
        ) { pool in
            try requireEqual(try await pool.run(LargeMessage(byteCount: 100 << 20)), 100 << 20)
            let answer = try await pool.run(LargeAnswer(byteCount: 100 << 20))
            try requireEqual(answer.count, 100 << 20)
            try require(answer.first == 8 && answer.last == 8, "other bytes arrived")
        },
        PoolContract(
            "more workers than processors work at the same time", workers: 8,
            origins: ["loky.test_reusable_executor.test_reusable_executor_queue_size"]
        ) { pool in
            try requireEqual(Set(try await gather(pool)).count, 8)
        },
    ]

    private static let nested: [PoolContract] = [
        PoolContract(
            "work may have a pool of its own, whose work may have one",
            origins: ["loky.test_reusable_executor.test_no_deadlock_on_nested_reusable_exector"]
        ) { pool in
            for method in [StartMethod.spawn, .forkServer] {
                let processes = try await pool.map((0..<2).map { _ in NestingPools(depth: 2, method: method) })
                try requireEqual(processes.map(\.count), [3, 3])
                try requireEqual(Set(processes.map { $0[0] } + processes.map { $0[1] }).count, 4)
            }
        },
        PoolContract(
            "an error in the pool of a work arrives, with what it said",
            origins: ["loky.test_reusable_executor.test_error_in_nested_call_keeps_resource_tracker_silent"]
        ) { pool in
            for method in [StartMethod.spawn, .forkServer] {
                let work = NestingPools(depth: 2, method: method, error: Oops(detail: "deep down"))
                guard case .threw(let error) = try await failure(of: work, in: pool) else {
                    throw Violation("not thrown")
                }
                try requireEqual(error.typeName, "Multiprocessing.WorkFailure")
                try require(error.text.contains("oops, deep down"), "found \(error)")
                try requireEqual(try await pool.run(Square(number: 3)), 9)
            }
        },
    ]

    private static let insides: [PoolContract] = [
        PoolContract(
            "a program that work starts finds its standard input at its end",
            origins: ["loky.test_reusable_executor.test_no_crash_on_stdin_access_in_child_subprocess_run"]
        ) { pool in
            try requireEqual(try await pool.map((0..<4).map { _ in ReadingInput() }), [0, 0, 0, 0])
        },
        PoolContract(
            "work may use threads that the caller uses, too",
            origins: ["loky.test_reusable_executor.test_numpy_dot_parent_and_child_no_freeze"]
        ) { pool in
            try requireEqual(UsingDispatch.sum(), 4_950)
            try requireEqual(try await pool.map((0..<4).map { _ in UsingDispatch() }), [4_950, 4_950, 4_950, 4_950])
        },
        PoolContract(
            "a worker lets go of an argument when its work is done", workers: 1,
            origins: ["test_process_pool.ProcessPoolExecutorTest.test_ressources_gced_in_workers"]
        ) { pool in
            try await Signs.withFolder { folder in
                let worker = try await pool.run(CarryingSign(parting: Parting(folder: folder)))
                // The worker has nothing else to do, and no further work is needed for it.
                try await eventually("the argument goes") { Signs.isThere("\(folder)/\(worker)") }
            }
        },
    ]
}
