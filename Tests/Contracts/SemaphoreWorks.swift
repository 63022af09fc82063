// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What one party alone can find out about a semaphore.
struct SemaphoreAlone: Work {
    enum Script: Codable, CaseIterable, Sendable {
        case taking, trying, timeout, scope, signals, limit, counting, boundedCounting, never
    }

    var script: Script
    var form: WaitingForm

    func run() async throws {
        switch script {
        case .taking: try await take()
        case .trying: try tryOften()
        case .timeout: try await timeOut()
        case .scope: try await useScopes()
        case .signals: try await signal()
        case .limit: try await reachLimit()
        case .counting:
            let semaphore = try SharedSemaphore(permits: 2)
            try await count(semaphore)
            try semaphore.release()
            try requireEqual(semaphore.availablePermits, 3)
            try semaphore.release()
            try requireEqual(semaphore.availablePermits, 4)
        case .boundedCounting: try await count(try SharedSemaphore(permits: 2, limit: 2))
        case .never: try await waitInVain()
        }
    }

    private func take() async throws {
        for permits in 1...2 {
            let semaphore = try SharedSemaphore(permits: permits)
            for _ in 0..<permits { try await semaphore.acquire(form) }
            for _ in 0..<permits { try semaphore.release() }
            try requireEqual(semaphore.availablePermits, permits)
        }
    }

    private func tryOften() throws {
        let semaphore = try SharedSemaphore(permits: 2)
        try requireEqual((0..<4).map { _ in semaphore.tryAcquire() }, [true, true, false, false])
        try semaphore.release()
        try require(semaphore.tryAcquire(), "a permit was there")
        try require(!semaphore.tryAcquire(), "no permit was there")
    }

    private func timeOut() async throws {
        let semaphore = try SharedSemaphore(permits: 2)
        let short = Duration.milliseconds(5)
        for _ in 0..<2 { try require(try await semaphore.acquires(form, timeout: short), "a permit was there") }
        try require(!(try await semaphore.acquires(form, timeout: short)), "no permit was there")
        try semaphore.release()
        try require(try await semaphore.acquires(form, timeout: short), "a permit was there")
        let (hasCome, time) = try await timed { try await semaphore.acquires(form, timeout: .milliseconds(80)) }
        try require(!hasCome && time >= .milliseconds(80), "\(hasCome) after \(time)")
    }

    private func waitInVain() async throws {
        let semaphore = try SharedSemaphore(permits: 0)
        try require(!semaphore.tryAcquire(), "no permit was there")
        try require(!(try await semaphore.acquires(form, timeout: .zero)), "no permit was there")
        try require(!(try await semaphore.acquires(form, timeout: .seconds(-1))), "no permit was there")
        let (hasCome, time) = try await timed { try await semaphore.acquires(form, timeout: .milliseconds(60)) }
        try require(!hasCome && time >= .milliseconds(60), "\(hasCome) after \(time)")
    }

    private func useScopes() async throws {
        let semaphore = try SharedSemaphore(permits: 2)
        try await semaphore.withPermit {
            try require(semaphore.tryAcquire(), "the second permit was there")
            try semaphore.release()
            try await semaphore.withPermit { try require(!semaphore.tryAcquire(), "both are taken") }
        }
        try requireEqual(semaphore.availablePermits, 2)
        try blockInScope(semaphore)
        do throws(SharedLockError<Oops>) {
            try await semaphore.withPermit { () async throws(Oops) in throw Oops(detail: "inside") }
            throw .timedOut
        } catch {
            try requireEqual(error, .body(Oops(detail: "inside")))
        }
        try requireEqual(semaphore.availablePermits, 2)
    }

    private func blockInScope(_ semaphore: SharedSemaphore) throws {
        let left = try semaphore.withPermit { semaphore.availablePermits }
        try requireEqual(left, 1)
    }

    private func signal() async throws {
        for policy in [SharedSemaphore.HolderDeath.returnPermits, .keep] {
            let semaphore = try SharedSemaphore(permits: 1, whenHolderDies: policy)
            try semaphore.release()
            for _ in 0..<2 { try await semaphore.acquire(form) }
            try require(!semaphore.tryAcquire(), "both are taken")
            try semaphore.release()
            try requireEqual(semaphore.availablePermits, 1)
        }
    }

    private func reachLimit() async throws {
        for policy in [SharedSemaphore.HolderDeath.returnPermits, .keep] {
            let semaphore = try SharedSemaphore(limit: 1, whenHolderDies: policy)
            try requireLimit(semaphore)
            try await semaphore.acquire(form)
            try semaphore.release()
            try requireLimit(semaphore)
            try requireEqual(semaphore.availablePermits, 1)
        }
    }

    private func requireLimit(_ semaphore: SharedSemaphore) throws {
        do throws(SharedSemaphoreError) { try semaphore.release() } catch {
            return try requireEqual(error, .limitExceeded(limit: semaphore.limit))
        }
        throw Violation("more than the limit was released")
    }

    private func count(_ semaphore: SharedSemaphore) async throws {
        try requireEqual(semaphore.availablePermits, 2)
        for left in [1, 0] {
            try await semaphore.acquire(form)
            try requireEqual(semaphore.availablePermits, left)
        }
        try require(!semaphore.tryAcquire(), "both are taken")
        for left in [1, 2] {
            try semaphore.release()
            try requireEqual(semaphore.availablePermits, left)
        }
    }
}

/// Takes a permit twice, and says so each time.
struct TakingTwice: Work {
    var semaphore: SharedSemaphore
    var taken: Heart
    var form: WaitingForm
    func run() async throws {
        for _ in 0..<2 {
            try await semaphore.acquire(form)
            taken.beat()
        }
    }
}

struct TryingTwice: Work {
    var semaphore: SharedSemaphore
    func run() -> [Bool] { [semaphore.tryAcquire(), semaphore.tryAcquire()] }
}

struct TakingAndGiving: Work {
    var semaphore: SharedSemaphore
    var begun: Heart
    var form: WaitingForm
    func run() async throws {
        begun.beat()
        try await semaphore.acquire(form)
        try semaphore.release()
    }
}

/// Enters again and again, and counts how many are inside with it.
struct Crowding: Work {
    var semaphore: SharedSemaphore
    var inside: Heart
    var left: Heart
    var form: WaitingForm
    func run() async throws -> Int {
        var most = 0
        for _ in 0..<200 {
            try await semaphore.acquire(form)
            inside.beat()
            // Read in this order it is never more than are really inside.
            let entered = inside.beats
            most = max(most, entered - left.beats)
            left.beat()
            try semaphore.release()
        }
        return most
    }
}

/// Dies with the permits it has taken, or while it waits for one more.
struct DyingWithPermits: Work {
    var semaphore: SharedSemaphore
    var count: Int
    func run() throws {
        for _ in 0..<count { try semaphore.acquire() }
        kill(getpid(), SIGKILL)
    }
}

/// Is killed by a thread of its own while it waits.
struct WaitingUntilKilled: Work {
    var semaphore: SharedSemaphore
    var begun: Heart
    func run() async throws {
        let semaphore = semaphore
        Task.detached { try await semaphore.acquire() }
        begun.beat()
        _ = try? await semaphore.acquire(timeout: .milliseconds(20))
        kill(getpid(), SIGKILL)
    }
}
