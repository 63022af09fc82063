// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a pool lets go of in the process that uses it.
    public static let references: [PoolContract] = [
        PoolContract(
            "nothing of a piece of work is kept when it is done",
            origins: [
                "_test_multiprocessing._TestPool.test_release_task_refs",
                "executor.ExecutorTest.test_no_stale_references",
                "loky._test_process_executor.test_no_stale_references",
            ]
        ) { pool in
            let watchers = try await watchersOfMapped(pool)
            try await eventually("ten arguments go") { watchers.allSatisfy { $0.watched == nil } }
            try requireEqual(try await pool.run(Square(number: 2)), 4)
        },
        PoolContract(
            "an outcome that was handed out is not kept by the sequence that it came from",
            origins: [
                "executor.ExecutorTest.test_free_reference",
                "test_as_completed.AsCompletedTests.test_free_reference_yielded_future",
            ]
        ) { pool in
            let works = (0..<6).lazy.map { CarryingTracked(tracked: Tracked(number: $0)) }
            var outcomes = pool.outcomes(of: works, lookAhead: 1).makeAsyncIterator()
            for number in 0..<6 {
                let watchers = try await watchersOfNext(&outcomes, number)
                try await eventually("outcome \(number) goes") { watchers.allSatisfy { $0.watched == nil } }
            }
        },
    ]

    private static func watchersOfMapped(_ pool: any WorkerPool) async throws -> [Watcher] {
        let objects = (0..<10).map(Tracked.init)
        let outputs = try await pool.map(objects.map(CarryingTracked.init))
        try requireEqual(outputs.map(\.number), Array(1...10))
        return (objects + outputs).map { Watcher(watched: $0) }
    }

    private static func watchersOfNext<Works: Sequence>(
        _ outcomes: inout WorkOutcomes<Works>.AsyncIterator, _ number: Int
    ) async throws -> [Watcher] where Works.Element == CarryingTracked {
        guard let outcome = await outcomes.next(isolation: nil) else { throw Violation("no outcome \(number)") }
        let output = try outcome.result.get()
        try requireEqual(output.number, number + 1)
        return [Watcher(watched: outcome.work.tracked), Watcher(watched: output)]
    }
}
