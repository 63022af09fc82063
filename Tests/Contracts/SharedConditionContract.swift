// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// What a `SharedCondition` owes the works that share it.
    public static let condition: [PoolContract] =
        [
            PoolContract(
                "exactly as many are released as a notification is for, of those who wait at that moment", workers: 5,
                origins: ["lock_tests.ConditionTests.test_notify"]
            ) { pool in try await notifyInPhases(pool) },
            PoolContract(
                "those are released first who have waited longest", workers: 4,
                origins: ["_test_multiprocessing._TestCondition.test_notify"]
            ) { pool in try await releaseInOrder(pool) },
            PoolContract(
                "a notification for nobody is not kept", workers: 6,
                origins: ["_test_multiprocessing._TestCondition.test_notify_n"]
            ) { pool in
                let scene = try Scene()
                async let values = pool.map((0..<6).map { scene.waiting(isAsynchronous: $0 % 2 == 0) }, lookAhead: 6)
                await scene.waiting.reaches(6)
                scene.condition.notify(2)
                try requireEqual(scene.condition.waiterCount, 4)
                scene.condition.notify(4)
                try requireEqual(scene.condition.waiterCount, 0)
                try requireEqual(try await values.map { $0 == [0] }, Array(repeating: true, count: 6))
                scene.condition.notify(3)
                let later = try await pool.run(scene.waiting(timeout: .milliseconds(20)))
                try requireEqual(later, [nil])
            },
            PoolContract(
                "all who wait are released at once, also after others have waited in vain", workers: 6,
                origins: ["_test_multiprocessing._TestCondition.test_notify_all"]
            ) { pool in
                let scene = try Scene()
                let inVain = (0..<6).map { scene.waiting(timeout: .milliseconds(60), isAsynchronous: $0 % 2 == 0) }
                try requireEqual(try await pool.map(inVain, lookAhead: 6), Array(repeating: [nil], count: 6))
                try requireEqual(scene.condition.waiterCount, 0)
                // On a busy machine the time of some was over before they had the mutex to begin with.
                let begun = scene.waiting.beats
                async let values = pool.map((0..<6).map { scene.waiting(isAsynchronous: $0 % 2 == 0) }, lookAhead: 6)
                await scene.waiting.reaches(begun + 6)
                try requireEqual(scene.condition.waiterCount, 6)
                scene.condition.notifyAll()
                try requireEqual(scene.condition.waiterCount, 0)
                try requireEqual(try await values, Array(repeating: [0], count: 6))
            },
            PoolContract(
                "a wait that nobody ends is over in time", workers: 5,
                origins: [
                    "lock_tests.ConditionTests.test_timeout", "_test_multiprocessing._TestCondition.test_timeout",
                ]
            ) { pool in
                let scene = try Scene()
                let start = ContinuousClock.now
                let works = (0..<5).map { scene.waiting(timeout: .milliseconds(150), isAsynchronous: $0 % 2 == 0) }
                try requireEqual(try await pool.map(works, lookAhead: 5), Array(repeating: [nil], count: 5))
                try require(ContinuousClock.now - start >= .milliseconds(150), "it was over too early")
                try requireEqual(try mutexIsFree(scene.mutex), true)
            },
            PoolContract(
                "who waits gives the mutex back, and has it again afterwards",
                origins: [
                    "lock_tests.ConditionTests.test_acquire", "lock_tests.ConditionTests.test_unacquired_wait",
                    "_test_multiprocessing._TestCondition.test_wait_result",
                ]
            ) { pool in
                let scene = try Scene()
                for timeout in [Duration.zero, .milliseconds(100)] {
                    try requireEqual(try await pool.run(scene.waiting(timeout: timeout)), [nil])
                }
                try requireEqual(try mutexIsFree(scene.mutex), true)
                let before = scene.waiting.beats
                async let value = nilInTime { () async throws(SharedLockError<Never>) in
                    try await scene.condition.wait(
                        with: scene.mutex, timeout: .seconds(30),
                        preparing: { value in
                            value = 41
                            scene.waiting.beat()
                        }
                    ) { value in
                        // Held, or it could be had now.
                        (value, (try? scene.mutex.withLockIfAvailable { _ in true }) == .some(true))
                    }
                }
                await scene.waiting.reaches(before + 1)
                try await pool.run(Notifying(mutex: scene.mutex, condition: scene.condition))
                let (found, couldBeHad) = try await value ?? (0, true)
                try requireEqual(found, 42)
                try requireEqual(couldBeHad, false)
            },
        ] + waitingUntilSomethingHolds
}

extension PoolContract {
    private static let waitingUntilSomethingHolds: [PoolContract] = [
        PoolContract(
            "who waits until something holds goes on when it does",
            origins: [
                "lock_tests.ConditionTests.test_waitfor", "_test_multiprocessing._TestCondition.test_waitfor",
            ]
        ) { pool in
            for isAsynchronous in [false, true] {
                let scene = try Scene()
                async let answer = pool.run(scene.waiting(until: 4, isAsynchronous: isAsynchronous))
                await scene.waiting.reaches(1)
                for _ in 0..<4 { try await pool.run(Notifying(mutex: scene.mutex, condition: scene.condition)) }
                try requireEqual(try await answer.value, 4)
            }
        },
        PoolContract(
            "who waits until something holds stops when the time is over",
            origins: [
                "lock_tests.ConditionTests.test_waitfor_timeout",
                "_test_multiprocessing._TestCondition.test_waitfor_timeout",
            ]
        ) { pool in
            for isAsynchronous in [false, true] {
                let scene = try Scene()
                let work = scene.waiting(until: 4, timeout: .milliseconds(150), isAsynchronous: isAsynchronous)
                async let answer = pool.run(work)
                await scene.waiting.reaches(1)
                for _ in 0..<3 { try await pool.run(Notifying(mutex: scene.mutex, condition: scene.condition)) }
                try requireEqual(try await answer.value, nil)
                try require(try await answer.milliseconds >= 150, "it was over too early")
                try requireEqual(scene.condition.waiterCount, 0)
            }
        },
        PoolContract("a value that holds already is not waited for") { pool in
            let scene = try Scene()
            try requireEqual(try await pool.run(scene.waiting(until: 0, timeout: .zero)).value, 0)
        },
        PoolContract("what one side puts there the other takes, each once", workers: 4) { pool in
            let scene = try Scene()
            async let putting: Void = withThrowingTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await pool.run(PuttingOne(mutex: scene.mutex, condition: scene.condition, times: 200))
                    }
                }
                try await group.waitForAll()
            }
            let takers = [false, true].map {
                TakingOne(mutex: scene.mutex, condition: scene.condition, times: 200, isAsynchronous: $0)
            }
            try requireEqual(try await pool.map(takers, lookAhead: 2), [200, 200])
            try await putting
            try requireEqual(try await scene.mutex.withLock(\.self), 0)
        },
    ]

    /// What it owes when processes die.
    public static let conditionOfProcesses: [PoolContract] = [
        PoolContract("the notification of a dead waiter goes to the next one") { pool in
            for isAsynchronous in [false, true] {
                let scene = try Scene()
                for _ in 0..<3 {
                    _ = try await report(of: DyingInWait(mutex: scene.mutex, condition: scene.condition), in: pool)
                    try await scene.mutex.repair { _ in }
                }
                async let values = pool.map([scene.waiting(isAsynchronous: isAsynchronous)])
                await scene.waiting.reaches(1)
                let start = ContinuousClock.now
                scene.condition.notify()
                try requireEqual(try await values, [[0]])
                let time = ContinuousClock.now - start
                try require(time < .seconds(5), "it took \(time)")
                try requireEqual(scene.condition.waiterCount, 0)
            }
        },
        PoolContract("who waits until something holds finds out although the one who made it true died", workers: 3) {
            pool in
            for isAsynchronous in [false, true] {
                let scene = try Scene()
                async let answer = pool.run(scene.waiting(until: 1, isAsynchronous: isAsynchronous))
                await scene.waiting.reaches(1)
                _ = try await report(of: DyingBeforeNotification(mutex: scene.mutex), in: pool)
                let found = try await answer
                try requireEqual(found.value, 1)
                try require(found.milliseconds < 10_000, "it took \(found.milliseconds) ms")
            }
        },
        PoolContract("those who wait learn that the owner of their mutex died", workers: 3) { pool in
            let scene = try Scene()
            let works = [false, true].map {
                LearningOfDeath(mutex: scene.mutex, condition: scene.condition, isAsynchronous: $0)
            }
            async let answers = pool.map(works, lookAhead: 2)
            while scene.condition.waiterCount < 2 { await Task.yield() }
            _ = try await report(of: DyingWithValue(mutex: scene.mutex), in: pool)
            try requireEqual(try await answers, [true, true])
        },
    ]
}

/// A mutex, its condition, and a heart that beats when somebody has begun to wait.
private struct Scene {
    let mutex: SharedMutex<Int>
    let condition: SharedCondition
    let waiting: Heart
    let released: Heart

    init() throws {
        mutex = try SharedMutex(0)
        condition = try SharedCondition()
        waiting = try Heart()
        released = try Heart()
    }

    func waiting(
        rounds: Int = 1, timeout: Duration = .seconds(30), isAsynchronous: Bool = false, step: Int = 0
    ) -> WaitingForNotifications {
        WaitingForNotifications(
            mutex: mutex, condition: condition, rounds: rounds, timeout: timeout, isAsynchronous: isAsynchronous,
            waiting: waiting, released: released, step: step)
    }

    func waiting(
        until target: Int, timeout: Duration = .seconds(30), isAsynchronous: Bool = false
    ) -> WaitingUntilValue {
        WaitingUntilValue(
            mutex: mutex, condition: condition, target: target, timeout: timeout, isAsynchronous: isAsynchronous,
            arrived: waiting)
    }
}

private func mutexIsFree(_ mutex: SharedMutex<Int>) throws -> Bool { try mutex.withLockIfAvailable { _ in } != nil }

/// Three of five, who then wait again; then all, some in their first and some in their second wait; then the rest.
private func notifyInPhases(_ pool: any WorkerPool) async throws {
    for isAsynchronous in [false, true] {
        let scene = try Scene()
        async let values = pool.map(
            (0..<5).map { _ in scene.waiting(rounds: 2, isAsynchronous: isAsynchronous) }, lookAhead: 5)
        for (phase, count, begun, released) in [(1, 3, 5, 0), (2, 5, 8, 3), (3, .max, 10, 8)] {
            await scene.waiting.reaches(begun)
            // Who has been released sees the value when it has got the mutex, and that may take its time.
            await scene.released.reaches(released)
            try await scene.mutex.withLock { value throws(Violation) in
                let before = scene.condition.waiterCount
                try requireEqual(before, phase == 3 ? 2 : 5)
                value = phase
                if count == .max { scene.condition.notifyAll() } else { scene.condition.notify(count) }
                try requireEqual(scene.condition.waiterCount, max(0, before - count))
            }
        }
        let found = try await values.map { $0.compactMap(\.self) }.sorted { $0.lexicographicallyPrecedes($1) }
        try requireEqual(found, [[1, 2], [1, 2], [1, 2], [2, 3], [2, 3]])
    }
}

/// Each raises the value when it is released, and one is released at a time.
private func releaseInOrder(_ pool: any WorkerPool) async throws {
    let scene = try Scene()
    try await withThrowingTaskGroup(of: (Int, [Int?]).self) { group in
        for place in 1...4 {
            // Threads and processes of the pool, and one task of this process.
            if place == 3 {
                group.addTask { (place, try await scene.waiting(isAsynchronous: true, step: 1).run()) }
            } else {
                group.addTask { (place, try await pool.run(scene.waiting(isAsynchronous: place == 2, step: 1))) }
            }
            await scene.waiting.reaches(place)
        }
        for place in 1...4 {
            scene.condition.notify()
            let (found, values) = try await group.next() ?? (0, [])
            try requireEqual(found, place)
            try requireEqual(values, [place])
        }
    }
}
