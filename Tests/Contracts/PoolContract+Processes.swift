// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    static let surroundings: [PoolContract] = [
        PoolContract(
            "a format of its own is used for work that crosses a border",
            origins: ["loky._test_process_executor.test_serialization"]
        ) { pool in
            let expected = pool is ProcessPool ? "own:x" : "x"
            try requireEqual(try await pool.run(OwnFormat(value: "x")), expected)
        }
    ]

    static let crashes: [PoolContract] =
        Dying.Way.allCases.map { way in
            PoolContract(
                "a worker that dies by \(way.rawValue) fails its own work and is replaced",
                origins: [
                    "test_deadlock.ExecutorDeadlockTest.test_crash_during_func_exec_on_worker",
                    "test_deadlock.ExecutorDeadlockTest.test_exit_during_func_exec_on_worker",
                ]
            ) { pool in
                let report = try await report(of: Dying(way: way), in: pool)
                try check(report, way)
                try requireEqual(try await pool.map((0..<20).map(Square.init)), (0..<20).map { $0 * $0 })
            }
        } + [
            PoolContract("a death among other work costs that work only") { pool in
                var deaths = 0
                var sum = 0
                let works = (0..<60).map { $0 % 10 == 5 ? Mixed.dying(.kill) : .square($0) }
                for await outcome in pool.outcomes(of: works) {
                    switch outcome.result {
                    case .success(let value): sum += value
                    case .failure(.died): deaths += 1
                    case .failure(let failure): throw Violation("found \(failure)")
                    }
                }
                try requireEqual(deaths, 6)
                try requireEqual(sum, (0..<60).filter { $0 % 10 != 5 }.reduce(0) { $0 + $1 * $1 })
            },
            PoolContract(
                "an idle worker that is killed is replaced",
                origins: ["test_process_pool.ProcessPoolExecutorTest.test_killed_child"]
            ) { pool in
                let first = try await pool.run(Identity())
                kill(first, SIGKILL)
                // Whichever worker it meets, dead or alive, an answer or an honest failure comes, and then answers
                // only.
                _ = try? await pool.run(Square(number: 1))
                for number in 0..<20 { try requireEqual(try await pool.run(Square(number: number)), number * number) }
            },
        ]

    private static func check(_ report: CrashReport, _ way: Dying.Way) throws {
        let expected: ExitStatus =
            switch way {
            case .kill: .signaled(SIGKILL)
            case .abort: .signaled(SIGABRT)
            case .exit: .exited(3)
            case .success: .exited(0)
            // A trap is SIGILL on x86-64 and SIGTRAP on arm64.
            case .fatalError, .index: report.status == .signaled(SIGTRAP) ? .signaled(SIGTRAP) : .signaled(SIGILL)
            }
        try requireEqual(report.status, expected)
        try require(report.work.contains("Dying(way: "), "the report does not say what it did: \(report.work)")
        try require(report.processIdentifier > 0, "no process")
        if way == .fatalError {
            try require(report.standardErrorTail.contains("the reactor is on fire"), "no message: \(report)")
            try require("\(report)".contains("the reactor is on fire"), "the description has no message: \(report)")
        }
    }

    static let refusals: [PoolContract] = [
        PoolContract("a type that has no name elsewhere is refused with a remedy") { pool in
            for failure in [try await hiddenTypeFailure(in: pool), try await localTypeFailure(in: pool)] {
                guard case .cannotTravel = failure else { throw Violation("found \(failure)") }
                try require("\(failure)".contains("make it internal or public"), "no remedy: \(failure)")
            }
            try requireEqual(try await pool.run(Square(number: 4)), 16)
        },
        PoolContract(
            "an error at each of the four points of coding fails that work only",
            origins: [
                "test_deadlock.ExecutorDeadlockTest.test_error_at_task_pickle",
                "test_deadlock.ExecutorDeadlockTest.test_error_at_task_unpickle",
                "test_deadlock.ExecutorDeadlockTest.test_error_during_result_pickle_on_worker",
                "test_deadlock.ExecutorDeadlockTest.test_error_during_result_unpickle_in_result_handler",
                "_test_multiprocessing._TestPool.test_map_unplicklable",
                "_test_multiprocessing._TestPoolWorkerErrors.test_unpickleable_result",
            ]
        ) { pool in
            for point in Fragile.Point.allCases {
                let isWork = point == .encodingWork || point == .decodingWork
                let work = FragileWork(value: Fragile(isWork ? point : nil), next: isWork ? nil : point)
                let failure = try await failure(of: work, in: pool)
                switch (point, failure) {
                case (.encodingWork, .notEncoded(let error)), (.decodingWork, .notDecoded(let error)),
                    (.encodingOutput, .outputNotEncoded(let error)), (.decodingOutput, .outputNotDecoded(let error)):
                    try requireEqual(error.typeName, "Contracts.Oops")
                default: throw Violation("\(point): found \(failure)")
                }
                try requireEqual(try await pool.run(Square(number: 4)), 16)
            }
        },
    ]

    static let isolation: [PoolContract] = [
        PoolContract(
            "a worker knows whose worker it is",
            origins: ["_test_multiprocessing._TestProcess.test_parent_process_attributes"]
        ) { pool in
            try requireEqual(WorkerProcess.parentProcessIdentifier, nil)
            for parent in try await pool.map((0..<4).map { _ in AskingForParent() }) {
                try requireEqual(parent, getpid())
            }
        },
        PoolContract("threads of a worker may come together to what is made at its first use") { pool in
            for _ in 0..<pool.workerCount { try requireEqual(try await pool.run(RacingForGlobals()), 120) }
        },
        PoolContract("work runs in other processes, in groups of their own") { pool in
            let facts = try await pool.run(Surroundings())
            try require(facts.process != getpid(), "it ran here")
            try requireEqual(facts.group, facts.process)
            try require(facts.standardInputIsEmpty, "a worker can read standard input")
            try require(facts.roleVariableIsGone, "a program started by the work would take itself for a worker")
        },
        PoolContract(
            "a worker holds its own descriptors only", origins: ["_test_multiprocessing.TestCloseFds.test_closefd"]
        ) { pool in
            let facts = try await pool.run(Surroundings())
            // Three streams, the conversation and its bell.
            try requireEqual(facts.descriptors.count, 5)
        },
    ]
}

struct AskingForParent: Work {
    func run() -> Int32? { WorkerProcess.parentProcessIdentifier }
}

/// Work that dies among work that does not.
enum Mixed: Work {
    case square(Int)
    case dying(Dying.Way)

    func run() -> Int {
        switch self {
        case .square(let number): number * number
        case .dying(let way): Dying(way: way).run()
        }
    }
}
