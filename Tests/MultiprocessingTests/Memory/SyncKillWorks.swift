// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing
import Synchronization

// What the killed do without end, and what those do beside them who must go on.

/// Takes permits and gives them back on several threads at once, so that some hold and some wait at any moment.
struct ContendingForPermits: Work {
    var semaphore: SharedSemaphore
    var heart: Heart

    func run() throws {
        for _ in 0..<2 {
            let (semaphore, heart) = (semaphore, heart)
            Task.detached { while true { try await semaphore.withPermit { heart.beat() } } }
        }
        while true { try semaphore.withPermit { heart.beat() } }
    }
}

/// A count three times over, which is the same whenever nobody writes.
struct Tally: Equatable, BitwiseCopyable {
    var first = 0
    var second = 0
    var third = 0

    mutating func set(to count: Int) {
        first = count
        second = count
        third = count
    }

    func isAll(_ count: Int) -> Bool { first == count && second == count && third == count }
}

/// Writes the number of writes so far, which is also counted outside of the lock's value, and reads in between.
struct ContendingForLock: Work {
    var lock: SharedReadWriteLock<Tally>
    var written: Heart
    var torn: Heart
    var heart: Heart

    func run() throws {
        let copy = self
        Task.detached { while true { try await copy.writeSuspending() } }
        Task.detached { while true { try await copy.readSuspending() } }
        while true {
            try lock.withWriteLock(repairing: { $0.set(to: written.beats) }) { write(&$0) }
            do { try lock.withReadLock { read($0) } } catch .ownerDied {}
            heart.beat()
        }
    }

    private func writeSuspending() async throws {
        try await lock.withWriteLock(repairing: { $0.set(to: written.beats) }) { write(&$0) }
    }

    private func readSuspending() async throws {
        do { try await lock.withReadLock { read($0) } } catch .ownerDied {}
    }

    private func write(_ value: inout Tally) {
        read(value)
        value.first += 1
        // So that many are killed in here.
        for _ in 0..<5 { sched_yield() }
        value.second += 1
        value.third += 1
        written.beat()
    }

    private func read(_ value: Tally) {
        if !value.isAll(written.beats) { torn.beat() }
    }
}

/// Sets, clears and waits for events without end; answers are the survivor's.
struct DisturbingEvents: Work {
    var events: EventSet

    func run() throws {
        let events = events
        for event in [events.question, events.answer, events.noise] {
            Task.detached { while true { try await event.wait(timeout: .milliseconds(1)) } }
        }
        while true {
            events.noise.set()
            events.heart.beat()
            events.noise.clear()
            events.answer.wait(timeout: .zero)
        }
    }
}

struct EventSet: Codable, Sendable {
    var question: SharedEvent
    var answer: SharedEvent
    var noise: SharedEvent
    var heart: Heart

    init() throws {
        question = try SharedEvent()
        answer = try SharedEvent()
        noise = try SharedEvent()
        heart = try Heart()
    }
}

/// Answers each question once.
struct AnsweringForever: Work {
    var events: EventSet
    func run() {
        while true {
            events.question.wait()
            events.question.clear()
            events.answer.set()
        }
    }
}

/// Passes rounds of a barrier; when it breaks, says so and waits until it is reset.
struct PassingRounds: Work {
    var barrier: SharedBarrier
    var passed: Heart
    var broken: Heart

    func run() {
        while true {
            do {
                try barrier.wait()
                passed.beat()
            } catch {
                broken.beat()
                while barrier.isBroken { sched_yield() }
            }
        }
    }
}

/// The same in a task, so that the other way to sleep is killed, too.
struct PassingRoundsSuspended: Work {
    var barrier: SharedBarrier
    var passed: Heart

    func run() async throws {
        while true {
            try await barrier.wait()
            passed.beat()
        }
    }
}
