// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// Children are killed at random moments, while they hold a lock and while they wait for one; the living go on.
@Suite("Locks whose owners are killed", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct LockKillTests {
    @Test func `a mutex serves the living, and its value is whole or said to be torn`() async throws {
        let mutex = try SharedMutex(Halves())
        let heart = try Heart()
        var longest = Duration.zero
        let answer = try await whileSurviving({ SurvivingLock(mutex: mutex, stop: $0) }) { _ in
            try await KillRounds().run(
                heart, killing: { LockingForEver(mutex: mutex, heart: heart, isAsynchronous: $0 % 2 == 0) }
            ) { _ in
                let start = ContinuousClock.now
                defer { longest = max(longest, ContinuousClock.now - start) }
                do throws(SharedLockError<any Error>) {
                    try await mutex.withLock(timeout: .seconds(10)) { halves in
                        try #require(halves.left == halves.right, "torn, and nobody said so")
                    }
                } catch {
                    guard case .ownerDied = error else { throw error }
                    try await mutex.repair { $0.mend() }
                }
            }
        }
        let halves = try await mutex.withLock(\.self)
        #expect(answer.foundTorn == 0)
        #expect(halves.left == halves.right)
        #expect(halves.survivors == answer.rounds)
        #expect(halves.mends > 0, "no child was killed within the lock")
        report(
            "mutex",
            "\(halves.mends) died as owners; the survivor had it \(answer.rounds) times, others within \(longest)")
    }

    @Test func `a recursive mutex serves the living`() async throws {
        let heart = try Heart()
        let mutex = try SharedRecursiveMutex()
        let memory = try SharedMemory(byteCount: MemoryLayout<Halves>.size)
        let work = LockingTwiceForEver(mutex: mutex, memory: memory, heart: heart)
        let pool = try ThreadPool(workers: 1)
        try await KillRounds().run(heart, killing: { _ in work }) { _ in
            // Mends, or goes on: on a thread of its own, since it blocks.
            let isWhole = try await pool.run(LockingTwiceAndLooking(work: work))
            try #require(isWhole, "torn, and nobody said so")
        }
        await pool.shutDown()
        let mends = work.withHalves(\.mends)
        #expect(mends > 0, "no child was killed within the lock")
        report("recursive mutex", "\(mends) died as owners")
    }

    @Test func `a notification reaches a living waiter, however many have died`() async throws {
        let mutex = try SharedMutex(Ball())
        let condition = try SharedCondition()
        let heart = try Heart()
        var longest = Duration.zero
        _ = try await whileSurviving({ SurvivingPlayer(mutex: mutex, condition: condition, stop: $0) }) { pool in
            try await KillRounds().run(
                heart,
                killing: {
                    PlayingForEver(mutex: mutex, condition: condition, heart: heart, isAsynchronous: $0 % 2 == 0)
                }
            ) { _ in
                let start = ContinuousClock.now
                let before = try await notifySurvivor(mutex, condition)
                while try await releases(mutex) == before {
                    try #require(ContinuousClock.now - start < .seconds(10), "the notification was lost")
                    await Task.yield()
                }
                longest = max(longest, ContinuousClock.now - start)
            }
        } stopping: {
            condition.notifyAll()
        }
        report("condition, notifications", "the longest took \(longest)")
    }

    @Test func `who waits until something holds finds out, whoever dies`() async throws {
        let mutex = try SharedMutex(Goods())
        let condition = try SharedCondition()
        let unnotified = try SharedCondition()
        let heart = try Heart()
        var longest = Duration.zero
        _ = try await whileSurviving({ SurvivingTaker(mutex: mutex, condition: condition, stop: $0) }) { _ in
            try await KillRounds().run(
                heart,
                killing: { round in
                    TradingForEver(
                        mutex: mutex, condition: condition, heart: heart, makes: round % 2 == 0,
                        isAsynchronous: round % 4 == 1)
                }
            ) { _ in
                let start = ContinuousClock.now
                try await change(mutex) { $0.make() }
                condition.notify()
                // Nobody notifies of this: it looks from time to time, and leaves the mutex to the taker.
                try await mutex.withLock(when: { $0.there == 0 }, notifiedBy: unnotified, timeout: .seconds(10)) { _ in
                }
                longest = max(longest, ContinuousClock.now - start)
            }
        } stopping: {
            condition.notifyAll()
        }
        let goods = try await mutex.withLock(\.self)
        #expect(goods.made == goods.taken)
        #expect(goods.there == 0)
        report("condition, until something holds", "\(goods.made) made and taken; the longest took \(longest)")
    }

    @Test func `what is to be done once is done once, whoever dies at it`() async throws {
        let heart = try Heart()
        let pool = try ThreadPool(workers: 1)
        let steps = try SharedMutex(Halves())
        // A fresh one for each round.
        var once = try SharedOnce()
        var before = 0
        var finished = 0
        try await KillRounds().run(
            heart, killing: { _ in DoingOnceForEver(once: once, steps: steps, heart: heart) }
        ) { _ in
            let wasDone = once.isDone
            let didIt = try await pool.run(FinishingOnce(once: once, steps: steps))
            try #require(didIt == !wasDone && once.isDone, "done \(wasDone), then \(didIt)")
            let halves = try await steps.withLock(\.self)
            try #require(halves.left == halves.right && halves.left > before, "found \(halves)")
            before = halves.left
            finished += wasDone ? 1 : 0
            once = try SharedOnce()
        }
        await pool.shutDown()
        report("once", "\(finished) had done it before they were killed")
    }

    private func report(_ what: String, _ text: String) {
        if KillRounds.usual > 100 { print("\(KillRounds.usual) kills, \(what): \(text)") }
    }
}

/// Runs `body` while a thread of this process does its work, which is stopped then.
private func whileSurviving<W: Work>(
    _ work: (_ stop: Heart) -> W, _ body: (any WorkerPool) async throws -> Void, stopping: () -> Void = {}
) async throws -> W.Output {
    let stop = try Heart()
    let pool = try ThreadPool(workers: 1)
    let work = work(stop)
    async let output = pool.run(work)
    var failure: (any Error)?
    do { try await body(pool) } catch { failure = error }
    stop.beat()
    stopping()
    let result = try await output
    await pool.shutDown()
    if let failure { throw failure }
    return result
}

/// Waits until the survivor waits, and notifies one in the same moment; how often it had been released.
private func notifySurvivor(_ mutex: SharedMutex<Ball>, _ condition: SharedCondition) async throws -> Int {
    while true {
        do throws(SharedLockError<Never>) {
            let releases: Int? = try await mutex.withLock(timeout: .seconds(10)) { ball in
                guard ball.survivorWaits else { return nil }
                condition.notify()
                return ball.releases
            }
            if let releases { return releases }
        } catch {
            guard case .ownerDied = error else { throw error }
            try await mutex.repair { _ in }
        }
        await Task.yield()
    }
}

private func releases(_ mutex: SharedMutex<Ball>) async throws -> Int {
    try await mutex.withLock(timeout: .seconds(10)) { $0.releases }
}

private func change<Result>(_ mutex: SharedMutex<Goods>, _ body: (inout Goods) -> Result) async throws -> Result {
    try await mutex.withLock(timeout: .seconds(10), repairing: { $0.mend() }, body)
}

/// One step of a survivor, and whether what it then finds is whole.
struct LockingTwiceAndLooking: Work {
    var work: LockingTwiceForEver
    func run() throws -> Bool {
        try work.step()
        return try work.mutex.withLock(timeout: .seconds(10)) { _ in
            work.withHalves { $0.left == $0.right }
        }
    }
}

/// Does what a child that was killed may have done.
struct FinishingOnce: Work {
    var once: SharedOnce
    var steps: SharedMutex<Halves>
    func run() throws -> Bool {
        try once.run(timeout: .seconds(10)) { steps.withLock(repairing: { $0.mend() }) { $0.advance() } }
    }
}
