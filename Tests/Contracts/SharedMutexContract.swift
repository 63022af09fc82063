// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a `SharedMutex` owes the works that share it.
    ///
    /// A lock that is released by another thread than has it is not among it: the lock is had by a scope.
    public static let mutex: [PoolContract] = [
        PoolContract(
            "a mutex lets one at a time in, whether threads or tasks wait", workers: 4,
            origins: [
                "lock_tests.BaseLockTests.test_constructor", "lock_tests.BaseLockTests.test_acquire_release",
                "_test_multiprocessing._TestLock.test_lock_context",
            ]
        ) { pool in
            let mutex = try SharedMutex(Pair())
            _ = try await pool.map(
                (0..<4).map { AddingUnderLock(mutex: mutex, times: 500, isAsynchronous: $0 % 2 == 0) }, lookAhead: 4)
            try requireEqual(try await mutex.withLock(\.self), Pair(left: 2_000, right: 2_000))
        },
        PoolContract(
            "a mutex that is held is had by nobody else, and by the next when it is let go",
            origins: [
                "lock_tests.BaseLockTests.test_try_acquire", "lock_tests.BaseLockTests.test_try_acquire_contended",
                "_test_multiprocessing._TestLock.test_lock",
            ]
        ) { pool in
            try await whileHeld(in: pool) { mutex in
                try requireEqual(try await pool.run(AskingForLock(mutex: mutex, way: .trying)).hadIt, false)
                try requireEqual(try mutex.withLockIfAvailable { $0 += 1 } == nil, true)
                return 0
            }
        },
        PoolContract(
            "those who wait for a mutex get it one after the other, and not before it is let go", workers: 6,
            origins: ["lock_tests.BaseLockTests.test_acquire_contended"]
        ) { pool in
            let arrived = try Heart()
            try await whileHeld(in: pool, letsGoAfter: { await arrived.reaches(5) }) { mutex in
                let works = (0..<5).map {
                    AskingForLock(mutex: mutex, way: $0 % 2 == 0 ? .blocking : .suspending, arrived: arrived)
                }
                try requireEqual(try await pool.map(works, lookAhead: 5).map(\.hadIt), Array(repeating: true, count: 5))
                return 5
            }
        },
        PoolContract(
            "waiting for a mutex ends with its time, and leaves the mutex as it was",
            origins: [
                "lock_tests.BaseLockTests.test_timeout", "lock_tests.LockTests.test_state_after_timeout",
            ]
        ) { pool in
            try await whileHeld(in: pool) { mutex in
                for way in [AskingForLock.Way.blocking, .suspending] {
                    for timeout in [Duration.milliseconds(120), .zero, .seconds(-1)] {
                        let answer = try await pool.run(AskingForLock(mutex: mutex, way: way, timeout: timeout))
                        try requireEqual(answer.hadIt, false)
                        let least: Int64 = timeout > .zero ? 120 : 0
                        let isRight = (least...least + 5_000).contains(answer.milliseconds)
                        try require(isRight, "\(answer.milliseconds) ms for \(timeout)")
                    }
                }
                return 0
            }
            let free = try SharedMutex(0)
            for timeout in [Duration.zero, .seconds(5), .seconds(Int64.max)] {
                let answer = try await pool.run(AskingForLock(mutex: free, way: .blocking, timeout: timeout))
                try require(answer.hadIt && answer.milliseconds < 5_000, "found \(answer)")
            }
        },
        PoolContract(
            "an error leaves the mutex free and the changes made", origins: ["lock_tests.BaseLockTests.test_with"]
        ) { pool in
            let mutex = try SharedMutex(0)
            try require(try await pool.run(ThrowingUnderLock(mutex: mutex)), "another error came")
            try requireEqual(try await pool.run(AskingForLock(mutex: mutex, way: .trying)).hadIt, true)
            try requireEqual(try await mutex.withLock(\.self), 2)
        },
        PoolContract(
            "a thread that has a mutex gets it no second time", origins: ["lock_tests.LockTests.test_reacquire"]
        ) { pool in
            let mutex = try SharedMutex(0)
            try requireEqual(try await pool.run(AskingItself(mutex: mutex)), ["true", "true"])
            try requireEqual(try await pool.run(AskingForLock(mutex: mutex, way: .blocking)).hadIt, true)
        },
        PoolContract(
            "a mutex may be dropped while it is held", origins: ["lock_tests.BaseLockTests.test_acquire_destroy"]
        ) { pool in try requireEqual(try await pool.run(DroppingLockedMutex()), 5) },
        PoolContract(
            "many threads of many processes leave nothing behind in a mutex", workers: 3,
            origins: ["lock_tests.BaseLockTests.test_thread_leak"]
        ) { pool in
            let mutex = try SharedMutex(0)
            let works = (0..<100).map { _ in AskingForLock(mutex: mutex, way: .blocking) }
            try require(try await pool.map(works).allSatisfy(\.hadIt), "one did not get the lock")
            try requireEqual(try mutex.withLockIfAvailable(\.self), 100)
        },
    ]

    /// What it owes when processes die.
    public static let mutexOfProcesses: [PoolContract] = [
        PoolContract("a mutex whose owner died says so to everybody, until somebody repairs the value") { pool in
            let mutex = try SharedMutex(Pair())
            let dead = try await report(of: DyingUnderLock(mutex: mutex), in: pool)
            // The first one finds out, and then all know.
            for way in FindingTheDead.Way.allCases.shuffled() {
                let thread = try await pool.run(FindingTheDead(mutex: mutex, way: way))
                try require(thread >= dead.processIdentifier, "thread \(thread) of process \(dead.processIdentifier)")
            }
            let repairs = try await pool.map((0..<4).map { Repairing(mutex: mutex, isAsynchronous: $0 % 2 == 0) })
            try requireEqual(repairs.count { $0 }, 1)
            try requireEqual(try await pool.run(FindingTheDead(mutex: mutex, way: .blocking)), 0)
            try requireEqual(try await mutex.withLock(\.self), Pair(left: 1, right: 1))
        },
        PoolContract("those who can repair go on after an owner's death") { pool in
            let mutex = try SharedMutex(Pair())
            for round in 0..<2 {
                _ = try await report(of: DyingUnderLock(mutex: mutex), in: pool)
                let found = try await pool.run(WorkingOn(mutex: mutex, isAsynchronous: round == 0))
                try requireEqual(found, Pair(left: 2 * round + 2, right: 2 * round + 2))
            }
            try await mutex.withLock { _ in }
        },
        PoolContract("a body that throws repairs nothing") { pool in
            let mutex = try SharedMutex(Pair())
            _ = try await report(of: DyingUnderLock(mutex: mutex), in: pool)
            do throws(SharedLockError<any Error>) {
                try await mutex.repair { _ in throw Oops(detail: "could not") }
                throw SharedLockError<any Error>.timedOut
            } catch {
                guard case .body(is Oops) = error else { throw error }
            }
            try require(try await pool.run(FindingTheDead(mutex: mutex, way: .blocking)) != 0, "it counts as repaired")
        },
        PoolContract("who would wait for itself for ever traps and says why") { pool in
            let report = try await report(of: WaitingForItself(mutex: try SharedMutex(0)), in: pool)
            try require(report.trapMessage?.contains("would wait for itself") ?? false, "found \(report)")
        },
    ]
}

/// Runs `body`, which answers how often it raised the value, while a worker has the mutex; then it must be free.
private func whileHeld(
    in pool: any WorkerPool, letsGoAfter moment: (@Sendable () async -> Void)? = nil,
    _ body: @escaping @Sendable (SharedMutex<Int>) async throws -> Int
) async throws {
    let mutex = try SharedMutex(0)
    let hasIt = try Heart()
    let letGo = try Heart()
    async let held = pool.run(HoldingLock(mutex: mutex, hasIt: hasIt, letGo: letGo))
    await hasIt.reaches(1)
    async let raised = body(mutex)
    // Or a violation would wait for the holder for ever.
    defer { letGo.beat() }
    if let moment { await moment() } else { _ = try await raised }
    letGo.beat()
    try requireEqual(try await held, 0)
    let count = try await raised
    try requireEqual(try await pool.run(AskingForLock(mutex: mutex, way: .trying)).hadIt, true)
    try requireEqual(try await mutex.withLock(\.self), count + 1)
}
