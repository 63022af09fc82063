// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// How a worker that is a process ends, of itself or with its pool.
    public static let exits: [PoolContract] = [
        PoolContract(
            "a worker that exits with a code is reported with that code",
            origins: ["_test_multiprocessing._TestSubclassingProcess.test_sys_exit"]
        ) { pool in
            for code: Int32 in [0, 1, 42, 255] {
                let report = try await report(of: Exiting(code: code), in: pool)
                try requireEqual(report.status, .exited(code))
            }
            try requireEqual(try await pool.run(Square(number: 4)), 16)
        },
        PoolContract(
            "what a worker writes to its standard error just before it exits is in the report",
            origins: ["_test_multiprocessing._TestSubclassingProcess.test_stderr_flush"]
        ) { pool in
            let report = try await report(of: Exiting(code: 1, lastWords: "these are my last words"), in: pool)
            try require(report.standardErrorTail.contains("these are my last words"), "no last words: \(report)")
        },
        PoolContract(
            "a worker has no more descriptors for the others that there are", workers: 8,
            origins: ["_test_multiprocessing._TestProcess.test_child_fd_inflation"]
        ) { pool in
            for facts in try await pool.map((0..<24).map { _ in Surroundings() }) {
                try requireEqual(facts.descriptors.count, 5)
            }
        },
        PoolContract(
            "an abandoned pool takes all its workers with it, at work or not", workers: 4,
            origins: ["loky._test_process_executor.test_shutdown_and_kill_workers"]
        ) { pool in
            let workers = try await gather(pool)
            let (arrivals, never) = (try Heart(), try SharedEvent())
            let tasks = (0..<2).map { _ in
                Task { try await failure(of: Attending(arrivals: arrivals, begin: never), in: pool) }
            }
            await arrivals.reaches(2)
            await pool.shutDown(.abandoning)
            // Gone, not merely on their way.
            try requireEqual(workers.filter { kill($0, 0) == 0 }, [])
            for task in tasks { try requireEqual(try await task.value, .poolIsShutDown) }
        },
        PoolContract(
            "a pool that is abandoned at its work makes room at once for one with other settings",
            origins: ["loky.test_reusable_executor.test_kill_workers_on_new_options"]
        ) { pool in
            let (arrivals, never) = (try Heart(), try SharedEvent())
            let task = Task { try await failure(of: Attending(arrivals: arrivals, begin: never), in: pool) }
            await arrivals.reaches(1)
            await pool.shutDown(.abandoning)
            try requireEqual(try await task.value, .poolIsShutDown)
            let method = (pool as? ProcessPool)?.startMethod ?? .default
            // This process has threads by now.
            let other = try ProcessPool(
                workers: 1, by: method == .fork ? .spawn : method, settings: settings { $0.name = "another" })
            try requireEqual(try await other.run(OwnState()).name, "another")
            await other.shutDown()
        },
    ]
}

struct Exiting: Work {
    var code: Int32
    var lastWords = ""

    func run() {
        // Into the stream's own buffer, if it has one: exit is to write it out.
        if !lastWords.isEmpty { _ = unsafe fputs(lastWords, fdopen(2, "a")) }
        exit(code)
    }
}
