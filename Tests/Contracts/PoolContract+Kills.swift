// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// Workers that are killed by others, at moments that nobody chose.
    public static let kills = crashRaces + killed

    private static let crashRaces = [1, 2, 5, 13].map { count in
        PoolContract(
            "\(count) workers may kill one another, and every piece of work ends once", workers: count,
            origins: ["loky.test_reusable_executor.test_crash_races"]
        ) { pool in
            let workers = try await gather(pool)
            let works = (workers.reversed() + workers).map(Killing.init)
            var places: Set<Int> = []
            for await outcome in pool.outcomes(of: works, lookAhead: works.count) {
                try require(places.insert(outcome.index).inserted, "two outcomes of work \(outcome.index)")
                switch outcome.result {
                case .success(let victim): try requireEqual(victim, outcome.work.victim)
                case .failure(.died(let report)): try requireEqual(report.status, .signaled(SIGKILL))
                case .failure(let failure): throw Violation("found \(failure)")
                }
            }
            try requireEqual(places.count, works.count)
            try await gather(pool)
            try requireEqual(try await pool.map((0..<20).map(Square.init)), (0..<20).map { $0 * $0 })
        }
    }

    private static let killed: [PoolContract] = [
        PoolContract(
            "idle workers that are all killed at once are all replaced", workers: 3,
            origins: ["loky.test_reusable_executor.test_deadlock_kill"]
        ) { pool in
            for _ in 0..<3 {
                let workers = try await gather(pool)
                for worker in workers { kill(worker, SIGKILL) }
                let others = try await gather(pool)
                try require(Set(workers).isDisjoint(with: others), "\(others) after \(workers)")
            }
        },
        PoolContract(
            "a worker that is terminated at its work fails that work, and the others go on",
            origins: [
                "test_process_pool.ProcessPoolExecutorTest.test_killed_child",
                "loky._test_process_executor.test_killed_child",
            ]
        ) { pool in
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let victim = (try await gather(pool))[0]
            let works = (0..<2).map { _ in Attending(arrivals: arrivals, begin: begin) }
            let killer = Task {
                await arrivals.reaches(2)
                kill(victim, SIGTERM)
            }
            var results: [Result<Int32, WorkFailure>] = []
            for await outcome in pool.outcomes(of: works) {
                results.append(outcome.result)
                // Only now may the other one end.
                begin.set()
            }
            await killer.value
            guard case .failure(.died(let report)) = results.first else { throw Violation("found \(results)") }
            try requireEqual(report.status, .signaled(SIGTERM))
            try requireEqual(report.processIdentifier, victim)
            try require(results.count == 2 && (try? results[1].get()) != nil, "found \(results)")
        },
        PoolContract(
            "cancelled work is no obstacle when the workers are killed",
            origins: ["loky._test_process_executor.test_killed_child_with_cancelled_work_items"]
        ) { pool in
            let (arrivals, begin) = (try Heart(), try SharedEvent())
            let workers = try await gather(pool)
            let held = workers.map { _ in
                Task { try await failure(of: Attending(arrivals: arrivals, begin: begin), in: pool) }
            }
            await arrivals.reaches(workers.count)
            let waiting = (0..<50).map { number in Task { await pool.result(of: Square(number: number)) } }
            for task in waiting.enumerated() where task.offset % 2 == 0 { task.element.cancel() }
            for worker in workers { kill(worker, SIGKILL) }
            for task in held {
                guard case .died = try await task.value else { throw Violation("found \(try await task.value)") }
            }
            for (number, task) in waiting.enumerated() {
                let result = await task.value
                let isAllowed =
                    result == .success(number * number) || (number % 2 == 0 && result == .failure(.cancelled))
                try require(isAllowed, "work \(number): found \(result)")
            }
        },
        PoolContract(
            "a worker that is killed while much is written to it fails that work only",
            origins: ["test_deadlock.ExecutorDeadlockTest.test_crash_big_data"]
        ) { pool in
            let workers = try await gather(pool)
            // Stopped, they take nothing: the message of several megabytes is on its way when they are killed.
            for worker in workers { kill(worker, SIGSTOP) }
            let encoded = LargeMessage.encodings.value
            let tasks = workers.map { _ in Task { await pool.result(of: LargeMessage(byteCount: 4 << 20)) } }
            try await eventually("both are encoded") { LargeMessage.encodings.value >= encoded + workers.count }
            for worker in workers { kill(worker, SIGKILL) }
            for task in tasks {
                switch await task.value {
                case .success(let count): try requireEqual(count, 4 << 20)
                case .failure(.died(let report)): try requireEqual(report.status, .signaled(SIGKILL))
                case .failure(let failure): throw Violation("found \(failure)")
                }
            }
            try await gather(pool)
            try requireEqual(try await pool.run(LargeMessage(byteCount: 4 << 20)), 4 << 20)
        },
        PoolContract(
            "a worker that dies when the argument goes costs no other work", workers: 1,
            origins: ["loky.test_reusable_executor.test_call_item_gc_crash_or_exit"]
        ) { pool in
            for way in [Mishap.Way.segmentationFault, .exit, .immediateExit] {
                try await gather(pool)
                // Whether the answer or the end comes first is the worker's affair; one of them comes.
                switch await pool.result(of: CarryingMine(mine: Mine(way))) {
                case .success(let number): try requireEqual(number, 42)
                case .failure(.died(let report)):
                    try require(way.statuses?.contains(report.status) ?? false, "found \(report)")
                case .failure(let failure): throw Violation("found \(failure)")
                }
                try await gather(pool)
                try requireEqual(try await pool.map((0..<20).map(Square.init)), (0..<20).map { $0 * $0 })
            }
        },
    ]
}

extension WorkerPool {
    /// The output or the failure.
    func result<W: Work>(of work: W) async -> Result<W.Output, WorkFailure> {
        do { return .success(try await run(work)) } catch { return .failure(error) }
    }
}
