// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a semaphore owes between any workers.
    public static let semaphore = semaphoreAlone + semaphoreTogether

    private static func alone(_ script: SemaphoreAlone.Script) -> @Sendable (any WorkerPool) async throws -> Void {
        { pool in
            for form in WaitingForm.allCases { try await pool.run(SemaphoreAlone(script: script, form: form)) }
        }
    }

    private static let semaphoreAlone: [PoolContract] = [
        PoolContract(
            "a semaphore with less than no permits, or more than its limit, is refused",
            origins: ["lock_tests.BaseSemaphoreTests.test_constructor"]
        ) { _ in
            for permits in [-1, -Int.max, Int.min, Int.max] {
                do {
                    _ = try SharedSemaphore(permits: permits)
                    throw Violation("made a semaphore with \(permits) permits")
                } catch SharedMemoryError.invalidCount(permits, of: _) {}
            }
            do {
                _ = try SharedSemaphore(permits: 3, limit: 2)
                throw Violation("made a semaphore beyond its limit")
            } catch SharedMemoryError.invalidCount(3, of: _) {}
        },
        PoolContract(
            "permits can be taken and given back", origins: ["lock_tests.BaseSemaphoreTests.test_acquire"],
            alone(.taking)),
        PoolContract(
            "taking without waiting succeeds as often as there are permits",
            origins: ["lock_tests.BaseSemaphoreTests.test_try_acquire"], alone(.trying)),
        PoolContract(
            "a wait for a permit ends in time", origins: ["lock_tests.BaseSemaphoreTests.test_acquire_timeout"],
            alone(.timeout)),
        PoolContract(
            "a semaphore without permits is waited for as long as said, and not at all for no or negative time",
            origins: ["_test_multiprocessing._TestSemaphore.test_timeout"], alone(.never)),
        PoolContract(
            "a permit is given back at the end of its scope, however that is left",
            origins: ["lock_tests.BaseSemaphoreTests.test_with"], alone(.scope)),
        PoolContract(
            "without a limit, more can be released than was taken",
            origins: ["lock_tests.SemaphoreTests.test_release_unacquired"], alone(.signals)),
        PoolContract(
            "with a limit, a release too many is refused and changes nothing",
            origins: ["lock_tests.BoundedSemaphoreTests.test_release_unacquired"], alone(.limit)),
        PoolContract(
            "available permits are counted", origins: ["_test_multiprocessing._TestSemaphore.test_semaphore"],
            alone(.counting)),
        PoolContract(
            "available permits are counted where there is a limit",
            origins: ["_test_multiprocessing._TestSemaphore.test_bounded_semaphore"], alone(.boundedCounting)),
        PoolContract(
            "a semaphore may go while a permit is taken",
            origins: ["lock_tests.BaseSemaphoreTests.test_acquire_destroy"]
        ) { pool in
            for form in WaitingForm.allCases { try await SharedSemaphore().acquire(form) }
            let semaphore = try SharedSemaphore()
            try requireEqual(try await pool.run(TryingTwice(semaphore: semaphore)), [true, false])
        },
    ]

    /// Takes one of three permits, lets four works take one twice each, and gives permits back in three lots.
    private static func contend(
        _ pool: any WorkerPool, _ form: WaitingForm, _ policy: SharedSemaphore.HolderDeath,
        _ release: (SharedSemaphore, Int) throws -> Void
    ) async throws {
        let semaphore = try SharedSemaphore(permits: 3, whenHolderDies: policy)
        let taken = try Heart()
        try await semaphore.acquire(.suspending)
        let works = (0..<4).map { _ in TakingTwice(semaphore: semaphore, taken: taken, form: form) }
        async let done = pool.map(works, lookAhead: 4).count
        var total = 2
        await taken.reaches(total)
        for lot in [3, 2, 1] {
            try require(!semaphore.tryAcquire(), "a permit was left over")
            try requireEqual(taken.beats, total)
            try release(semaphore, lot)
            total += lot
            await taken.reaches(total)
        }
        try requireEqual(try await done, 4)
        try requireEqual(taken.beats, 8)
        try require(!semaphore.tryAcquire(), "a permit was left over")
    }

    private static let semaphoreTogether: [PoolContract] = [
        PoolContract(
            "each permit lets one waiter go on", workers: 4,
            origins: ["lock_tests.BaseSemaphoreTests.test_acquire_contended"]
        ) { pool in
            for form in WaitingForm.allCases {
                for policy in [SharedSemaphore.HolderDeath.returnPermits, .keep] {
                    try await contend(pool, form, policy) { for _ in 0..<$1 { try $0.release() } }
                }
            }
        },
        PoolContract(
            "several permits released at once let as many waiters go on", workers: 4,
            origins: ["lock_tests.BaseSemaphoreTests.test_multirelease"]
        ) { pool in
            for form in WaitingForm.allCases {
                for policy in [SharedSemaphore.HolderDeath.returnPermits, .keep] {
                    try await contend(pool, form, policy) { try $0.release($1) }
                }
            }
        },
        PoolContract(
            "of many who try, as many succeed as there are permits", workers: 5,
            origins: ["lock_tests.BaseSemaphoreTests.test_try_acquire_contended"]
        ) { pool in
            let semaphore = try SharedSemaphore(permits: 4)
            try require(semaphore.tryAcquire(), "a permit was there")
            let works = (0..<5).map { _ in TryingTwice(semaphore: semaphore) }
            let results = try await pool.map(works, lookAhead: 5).joined()
            try requireEqual(results.count { $0 }, 3)
        },
        PoolContract(
            "a semaphore has one permit unless said otherwise",
            origins: ["lock_tests.BaseSemaphoreTests.test_default_value"]
        ) { pool in
            for form in WaitingForm.allCases {
                let semaphore = try SharedSemaphore(whenHolderDies: .keep)
                let begun = try Heart()
                try require(semaphore.tryAcquire(), "the permit was there")
                async let done: Void = pool.run(TakingAndGiving(semaphore: semaphore, begun: begun, form: form))
                await begun.reaches(1)
                try require(!semaphore.tryAcquire(), "there was a second permit")
                try semaphore.release()
                try await done
                try requireEqual(semaphore.availablePermits, 1)
            }
        },
        PoolContract("never are more inside than there are permits, and none is lost", workers: 4) { pool in
            for form in WaitingForm.allCases {
                for policy in [SharedSemaphore.HolderDeath.returnPermits, .keep] {
                    let semaphore = try SharedSemaphore(permits: 2, limit: 2, whenHolderDies: policy)
                    let (inside, left) = (try Heart(), try Heart())
                    let works = (0..<4).map { _ in
                        Crowding(semaphore: semaphore, inside: inside, left: left, form: form)
                    }
                    let most = try await pool.map(works, lookAhead: 4).max() ?? 0
                    try require((1...2).contains(most), "\(most) were inside")
                    try requireEqual(semaphore.availablePermits, 2)
                }
            }
        },
        PoolContract("a wait for a permit that is cancelled leaves none taken") { pool in
            let semaphore = try SharedSemaphore(permits: 0)
            let tasks = (0..<4).map { _ in
                Task {
                    do throws(SharedLockError<Never>) { try await semaphore.acquire() } catch {
                        return error == .cancelled
                    }
                    return false
                }
            }
            for task in tasks { task.cancel() }
            for task in tasks { try require(await task.value, "a wait did not end as cancelled") }
            try semaphore.release()
            try requireEqual(semaphore.availablePermits, 1)
            try requireEqual(try await pool.run(TryingTwice(semaphore: semaphore)), [true, false])
        },
    ]

    /// What a semaphore owes between processes.
    public static let semaphoreOfProcesses: [PoolContract] = [
        PoolContract("permits of a process that dies come back") { pool in
            for form in WaitingForm.allCases {
                let semaphore = try SharedSemaphore(permits: 3, limit: 3)
                _ = try await report(of: DyingWithPermits(semaphore: semaphore, count: 3), in: pool)
                for _ in 0..<3 { try await semaphore.acquire(form, timeout: .seconds(20)) }
                try require(!semaphore.tryAcquire(), "there were more than three")
                try semaphore.release(3)
                try requireEqual(semaphore.availablePermits, 3)
            }
        },
        PoolContract("signals that a process has taken do not come back when it dies") { pool in
            for form in WaitingForm.allCases {
                let semaphore = try SharedSemaphore(permits: 3, whenHolderDies: .keep)
                _ = try await report(of: DyingWithPermits(semaphore: semaphore, count: 2), in: pool)
                try await semaphore.acquire(form)
                try require(!(try await semaphore.acquires(form, timeout: .milliseconds(150))), "a signal came back")
                try semaphore.release()
                try requireEqual(semaphore.availablePermits, 1)
            }
        },
        PoolContract("what a dead process took and another gave back is bounded by the limit") { pool in
            let semaphore = try SharedSemaphore(permits: 2, limit: 2)
            _ = try await report(of: DyingWithPermits(semaphore: semaphore, count: 2), in: pool)
            // Never taken by this process: added, although the dead one's are to come back.
            try semaphore.release(2)
            try requireEqual(semaphore.availablePermits, 2)
            for _ in 0..<2 { try await semaphore.acquire(.suspending, timeout: .seconds(20)) }
            try require(
                !(try await semaphore.acquires(.suspending, timeout: .milliseconds(150))), "there were more than two")
            try semaphore.release(2)
            try requireEqual(semaphore.availablePermits, 2)
        },
        PoolContract("a process that dies while it waits takes no permit with it") { pool in
            let semaphore = try SharedSemaphore(permits: 0)
            let begun = try Heart()
            let waiting = Task {
                try await report(of: WaitingUntilKilled(semaphore: semaphore, begun: begun), in: pool)
            }
            await begun.reaches(1)
            _ = try await waiting.value
            try semaphore.release()
            try await semaphore.acquire(.suspending, timeout: .seconds(20))
        },
    ]
}
