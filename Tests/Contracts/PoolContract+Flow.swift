// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

extension PoolContract {
    static let flow: [PoolContract] = [
        PoolContract("the input is taken no further ahead than asked") { pool in
            let taken = Atomic(0)
            var received = 0
            let works = (0..<100).lazy.map { number in
                taken.add(1, ordering: .relaxed)
                return Square(number: number)
            }
            for await _ in pool.outcomes(of: works, lookAhead: 5) {
                received += 1
                let ahead = taken.load(ordering: .relaxed) - received
                try require(ahead < 5 + 1, "\(ahead) works were taken ahead of \(received)")
            }
            try requireEqual(taken.load(ordering: .relaxed), 100)
        },
        PoolContract("an endless input can be left") { pool in
            var last = 0
            for try await output in pool.results(of: (1...).lazy.map(Square.init)) {
                last = output
                if output >= 400 { break }
            }
            try require(last >= 400, "stopped at \(last)")
            try requireEqual(try await pool.run(Square(number: 2)), 4)
        },
        PoolContract("a cancelled task takes no more of the input") { pool in
            let task = Task {
                var count = 0
                for await _ in pool.outcomes(of: (1...).lazy.map(Square.init)) {
                    count += 1
                    if count == 10 { unsafe withUnsafeCurrentTask { unsafe $0?.cancel() } }  // this very task
                }
                return count
            }
            let count = await task.value
            try require(count >= 10, "ended after \(count)")
            try requireEqual(try await pool.run(Square(number: 2)), 4)
        },
        PoolContract("results come as they finish, not as they were given") { pool in
            guard pool.workerCount > 1 else { return }
            try await Signs.withFolder { folder in
                let works = [
                    Either.first(UntilExists(path: folder + "/go")), .second(Creating(path: folder + "/other")),
                ]
                var order: [String] = []
                for try await output in pool.results(of: works) {
                    order.append(output)
                    // Only now can the first piece of work end.
                    Signs.put(folder + "/go")
                }
                try requireEqual(order, ["made", "saw"])
            }
        },
        PoolContract("work that waits can be cancelled, and the rest goes on") { pool in
            guard pool.workerCount > 1 else { return }
            try await Signs.withFolder { folder in
                let holders = (0..<pool.workerCount).map {
                    Holding(started: "\(folder)/started\($0)", until: folder + "/go")
                }
                async let held = pool.map(holders, lookAhead: pool.workerCount)
                for holder in holders { await Signs.seen(holder.started) }
                // Every worker is busy: this one has to wait, for ever if it is not cancelled.
                let waiting = Task { try await failure(of: Square(number: 5), in: pool) }
                waiting.cancel()
                try requireEqual(try await waiting.value, .cancelled)
                Signs.put(folder + "/go")
                try requireEqual(try await held, holders.map { _ in "saw" })
            }
        },
    ]

    static let ending: [PoolContract] = [
        PoolContract(
            "work after the end is refused",
            origins: [
                "test_shutdown.ExecutorShutdownTest.test_run_after_shutdown",
                "loky._test_process_executor.test_run_after_shutdown",
            ]
        ) { pool in
            await pool.shutDown()
            try requireEqual(try await failure(of: Square(number: 1), in: pool), .poolIsShutDown)
            await pool.shutDown()
        },
        PoolContract(
            "the end waits for accepted work",
            origins: [
                "test_shutdown.ThreadPoolShutdownTest.test_threads_terminate",
                "test_shutdown.ProcessPoolShutdownTest.test_processes_terminate",
                "loky._test_process_executor.test_processes_terminate",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            try await Signs.withFolder { folder in
                let holder = Holding(started: folder + "/started", until: folder + "/go")
                async let held = pool.run(holder)
                await Signs.seen(holder.started)
                async let ended: Void = pool.shutDown(.finishing)
                Signs.put(folder + "/go")
                try requireEqual(try await held, "saw")
                await ended
            }
        },
        PoolContract(
            "an abandoned pool fails what waits",
            origins: [
                "_test_multiprocessing._TestPool.test_terminate",
                "test_shutdown.ExecutorShutdownTest.test_cancel_futures",
                "test_shutdown.ThreadPoolShutdownTest.test_cancel_futures_wait_false",
            ]
        ) { pool in
            guard pool.workerCount > 1 else { return }
            try await Signs.withFolder { folder in
                let holders = (0..<6).map { Holding(started: "\(folder)/started\($0)", until: folder + "/go") }
                let task = Task {
                    var results: [Result<String, WorkFailure>] = []
                    for await outcome in pool.outcomes(of: holders, lookAhead: 6) { results.append(outcome.result) }
                    return results
                }
                for holder in holders.prefix(pool.workerCount) { await Signs.seen(holder.started) }
                async let ended: Void = pool.shutDown(.abandoning)
                if pool is ThreadPool { Signs.put(folder + "/go") }
                let results = await task.value
                await ended
                let lost = results.filter { $0 == .failure(.poolIsShutDown) }.count
                try requireEqual(lost, pool is ThreadPool ? 6 - pool.workerCount : 6)
            }
        },
    ]
}

/// Two kinds of work in one input.
enum Either: Work {
    case first(UntilExists)
    case second(Creating)

    func run() -> String {
        switch self {
        case .first(let work): work.run()
        case .second(let work): work.run()
        }
    }
}
