// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// Processes are killed while they hold and wait; one that is not killed, and this one, must go on, and nothing may be lost.
@Suite("Deaths at shared", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SyncKillTests {
    /// Far more than any wait for the dead should take, far less than a hang.
    private static let bound = Duration.seconds(20)

    @Test func `semaphores lose no permit and make none`() async throws {
        let semaphore = try SharedSemaphore(permits: 2, limit: 2)
        let heart = try Heart()
        let survivorsHeart = try Heart()
        let survivor = try ChildProcess.start(
            ContendingForPermits(semaphore: semaphore, heart: survivorsHeart), by: .forkServer)
        try await KillRounds().run(heart) { _ in
            ContendingForPermits(semaphore: semaphore, heart: heart)
        } check: { _ in
            try await goesOn(survivorsHeart)
            try await semaphore.withPermit(timeout: Self.bound) {}
        }
        await end(survivor)
        for _ in 0..<2 { try await semaphore.acquire(timeout: Self.bound) }
        #expect(!semaphore.tryAcquire())
        try semaphore.release(2)
        #expect(semaphore.availablePermits == 2)
    }

    @Test func `read-write locks are had by the living, and half a write is never read`() async throws {
        let lock = try SharedReadWriteLock(Tally())
        let (written, torn) = (try Heart(), try Heart())
        let (heart, survivorsHeart) = (try Heart(), try Heart())
        let survivor = try ChildProcess.start(
            ContendingForLock(lock: lock, written: written, torn: torn, heart: survivorsHeart), by: .forkServer)
        try await KillRounds().run(heart) { _ in
            ContendingForLock(lock: lock, written: written, torn: torn, heart: heart)
        } check: { _ in
            try await goesOn(survivorsHeart)
            try await requireWhole(lock, written)
        }
        await end(survivor)
        try await requireWhole(lock, written)
        #expect(torn.beats == 0)
        #expect(written.beats > 0)
    }

    private func requireWhole(_ lock: SharedReadWriteLock<Tally>, _ written: Heart) async throws {
        let isWhole: Bool
        do throws(SharedLockError<Never>) {
            isWhole = try await lock.withReadLock(timeout: Self.bound) { $0.isAll(written.beats) }
        } catch {
            guard case .ownerDied = error else { throw error }
            // Unless the survivor was faster.
            try await lock.repair(timeout: Self.bound) { $0.set(to: written.beats) }
            return
        }
        if !isWhole { throw Stuck(what: "a torn value was read") }
    }

    @Test func `events reach those who wait`() async throws {
        let events = try EventSet()
        let survivor = try ChildProcess.start(AnsweringForever(events: events), by: .forkServer)
        try await KillRounds().run(events.heart) { _ in
            DisturbingEvents(events: events)
        } check: { round in
            events.noise.clear()
            let noise = events.noise
            async let isSet = noise.wait(timeout: Self.bound)
            events.question.set()
            guard try await events.answer.wait(timeout: Self.bound) else { throw Stuck(what: "no answer") }
            events.answer.clear()
            events.noise.set()
            guard try await isSet else { throw Stuck(what: "an event that was set was not seen") }
        }
        await end(survivor)
    }

    @Test(arguments: [true, false])
    func `barriers break, once for each death, and go on after a reset`(_ suspends: Bool) async throws {
        let barrier = try SharedBarrier(parties: 2)
        let (passed, broken, heart) = (try Heart(), try Heart(), try Heart())
        let survivor = try ChildProcess.start(
            PassingRounds(barrier: barrier, passed: passed, broken: broken), by: .forkServer)
        func check(_ round: Int) async throws {
            try await reaches(broken, round + 1)
            guard barrier.isBroken, broken.beats == round + 1 else {
                throw Stuck(what: "broken \(broken.beats) times by \(round + 1) deaths")
            }
            barrier.reset()
        }
        // Whoever's heart has beaten has passed a round, so its death must not go unnoticed.
        if suspends {
            try await KillRounds().run(
                heart, killing: { _ in PassingRoundsSuspended(barrier: barrier, passed: heart) }, check: check)
        } else {
            let unused = try Heart()
            try await KillRounds().run(
                heart, killing: { _ in PassingRounds(barrier: barrier, passed: heart, broken: unused) }, check: check)
            #expect(unused.beats == 0)
        }
        // Both pass every round, but for the one that each death may have cut off.
        #expect(abs(passed.beats - heart.beats) <= broken.beats)
        await end(survivor)
    }

    /// Somebody's work advances.
    private func goesOn(_ heart: Heart) async throws { try await reaches(heart, heart.beats + 3) }

    private func reaches(_ heart: Heart, _ count: Int) async throws {
        let deadline = ContinuousClock.now.advanced(by: Self.bound)
        while heart.beats < count {
            if ContinuousClock.now > deadline { throw Stuck(what: "stuck at \(heart.beats), \(count) expected") }
            await Task.yield()
        }
    }

    private func end<Output>(_ survivor: ChildProcess<Output>) async {
        survivor.kill()
        let status = await survivor.exitStatus
        #expect(status == .signaled(9))
    }
}

struct Stuck: Error { var what: String }
