// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing

/// What a lock guards in the tests of deaths: torn when the halves differ.
struct Halves: BitwiseCopyable, Codable, Sendable, Equatable {
    var left = 0
    var right = 0
    /// How often somebody found it torn after a death and mended it.
    var mends = 0
    /// What survivors did, to be compared with what they know.
    var survivors = 0

    /// Long enough that a child is often killed within.
    mutating func advance() {
        left += 1
        for _ in 0..<20 { sched_yield() }
        right += 1
    }

    mutating func mend() {
        right = left
        mends += 1
    }
}

/// Locks and unlocks for ever; the test kills it.
struct LockingForEver: Work {
    var mutex: SharedMutex<Halves>
    var heart: Heart
    var isAsynchronous: Bool
    func run() async throws {
        while true {
            heart.beat()
            if isAsynchronous { try await suspend() } else { block() }
        }
    }

    private func suspend() async throws { try await mutex.withLock(repairing: { $0.mend() }) { $0.advance() } }
    private func block() { mutex.withLock(repairing: { $0.mend() }) { $0.advance() } }
}

/// Does the same until it is told to stop; how often it did, and whether it ever found the halves torn.
struct SurvivingLock: Work {
    struct Answer: Codable, Sendable {
        var rounds = 0
        var foundTorn = 0
    }

    var mutex: SharedMutex<Halves>
    var stop: Heart
    func run() -> Answer {
        var answer = Answer()
        while stop.beats == 0 {
            mutex.withLock(repairing: { $0.mend() }) { halves in
                if halves.left != halves.right { answer.foundTorn += 1 }
                halves.advance()
                halves.survivors += 1
            }
            answer.rounds += 1
        }
        return answer
    }
}

/// Locks twice and unlocks for ever; what the lock guards lies in memory beside it.
struct LockingTwiceForEver: Work {
    var mutex: SharedRecursiveMutex
    var memory: SharedMemory
    var heart: Heart

    func run() throws {
        while true {
            heart.beat()
            try step()
        }
    }

    /// Waits for at most some seconds.
    func step() throws {
        do throws(SharedLockError<any Error>) {
            try mutex.withLock(timeout: .seconds(10)) { _ in try mutex.withLock { _ in withHalves { $0.advance() } } }
        } catch {
            guard case .ownerDied = error else { throw error }
            try mutex.repair { withHalves { $0.mend() } }
        }
    }

    @discardableResult
    func withHalves<Result>(_ body: (inout Halves) -> Result) -> Result {
        unsafe memory.withUnsafeMutableBytes { bytes in
            // As many bytes as a Halves has, zero at first; whoever calls has the lock.
            guard let base = bytes.baseAddress else { preconditionFailure("memory without an address") }
            return unsafe body(&base.assumingMemoryBound(to: Halves.self).pointee)
        }
    }
}

/// What two who notify each other in turn have in common.
struct Ball: BitwiseCopyable, Codable, Sendable {
    /// How often the survivor was released, and whether it waits.
    var releases = 0
    var survivorWaits = false
}

/// Waits to be notified and notifies the next one, for ever.
struct PlayingForEver: Work {
    var mutex: SharedMutex<Ball>
    var condition: SharedCondition
    var heart: Heart
    var isAsynchronous: Bool
    func run() async throws { while true { if isAsynchronous { try await suspend() } else { try block() } } }

    private func suspend() async throws {
        try await condition.wait(
            with: mutex, preparing: { _ in heart.beat() }, { _ in condition.notify() })
    }

    private func block() throws {
        try condition.wait(with: mutex, preparing: { _ in heart.beat() }, { _ in condition.notify() })
    }
}

/// Does the same, counts, and survives the other's death.
struct SurvivingPlayer: Work {
    var mutex: SharedMutex<Ball>
    var condition: SharedCondition
    var stop: Heart
    func run() throws {
        while stop.beats == 0 {
            do throws(SharedLockError<Never>) {
                try condition.wait(with: mutex, preparing: { $0.survivorWaits = true }) { ball in
                    ball.releases += 1
                    ball.survivorWaits = false
                    condition.notify()
                }
            } catch {
                guard case .ownerDied = error else { throw error }
                try mutex.repair { $0.survivorWaits = false }
            }
        }
    }
}

/// What some make and others take.
struct Goods: BitwiseCopyable, Codable, Sendable {
    var made = 0
    var taken = 0
    var there = 0

    mutating func mend() { there = made - taken }

    mutating func make() {
        made += 1
        sched_yield()
        there += 1
    }

    mutating func take() {
        taken += 1
        sched_yield()
        there -= 1
    }
}

/// Makes or takes for ever.
struct TradingForEver: Work {
    var mutex: SharedMutex<Goods>
    var condition: SharedCondition
    var heart: Heart
    var makes: Bool
    var isAsynchronous: Bool
    func run() async throws {
        while true {
            heart.beat()
            do throws(SharedLockError<Never>) {
                if makes { try make() } else if isAsynchronous { try await suspend() } else { try block() }
            } catch { try await mutex.repair { $0.mend() } }
        }
    }

    private func make() throws(SharedLockError<Never>) {
        try mutex.withLock { $0.make() }
        condition.notify()
    }

    private func suspend() async throws(SharedLockError<Never>) {
        try await mutex.withLock(when: { $0.there > 0 }, notifiedBy: condition) { $0.take() }
    }

    private func block() throws(SharedLockError<Never>) {
        try mutex.withLock(when: { $0.there > 0 }, notifiedBy: condition) { $0.take() }
    }
}

/// Takes whatever is there until it is told to stop; how much.
struct SurvivingTaker: Work {
    var mutex: SharedMutex<Goods>
    var condition: SharedCondition
    var stop: Heart
    func run() throws {
        while stop.beats == 0 {
            do throws(SharedLockError<Never>) {
                try mutex.withLock(when: { $0.there > 0 || stop.beats > 0 }, notifiedBy: condition) { goods in
                    if goods.there > 0 { goods.take() }
                }
            } catch {
                guard case .ownerDied = error else { throw error }
                try mutex.repair { $0.mend() }
            }
        }
    }
}

/// Does something once, in steps that take their time, and says so for ever.
struct DoingOnceForEver: Work {
    var once: SharedOnce
    var steps: SharedMutex<Halves>
    var heart: Heart
    func run() {
        heart.beat()
        once.run { steps.withLock(repairing: { $0.mend() }) { $0.advance() } }
        while true { heart.beat() }
    }
}
