// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Three numbers that are the same whenever nobody writes.
struct Triple: Equatable, Codable, Sendable, BitwiseCopyable {
    var first = 0
    var second = 0
    var third = 0

    var isWhole: Bool { first == second && second == third }

    /// Passes through torn states, for others to see who should not.
    mutating func advance() {
        first += 1
        sched_yield()
        second += 1
        sched_yield()
        third += 1
    }
}

typealias TripleLock = SharedReadWriteLock<Triple>

/// Reads and writes in turn; answers how many torn values it has read.
struct ReadingAndWriting: Work {
    var lock: TripleLock
    var writes: Int
    var form: WaitingForm
    func run() async throws -> Int {
        var torn = 0
        for _ in 0..<writes {
            for _ in 0..<3 where !(try await lock.read(form, { $0.isWhole })) { torn += 1 }
            try await lock.write(form) { $0.advance() }
        }
        return torn
    }
}

/// Stays inside as a reader until so many are inside with it.
struct ReadingTogether: Work {
    var lock: TripleLock
    var inside: Heart
    var count: Int
    var form: WaitingForm
    func run() async throws -> Bool {
        try await lock.read(form) { value in
            inside.beat()
            while inside.beats < count { sched_yield() }
            return value.isWhole
        }
    }
}

/// Takes a side of the lock, says so, and keeps it until a sign is there.
struct Keeping: Work {
    enum Side: Codable, Sendable { case reading, writing }

    var side: Side
    var lock: TripleLock
    var begun: Heart
    var until: Heart
    var form: WaitingForm
    func run() async throws {
        switch side {
        case .reading: try await lock.read(form) { _ in stay() }
        case .writing: try await lock.write(form) { _ in stay() }
        }
    }

    private func stay() {
        begun.beat()
        while until.beats == 0 { sched_yield() }
    }
}

/// Takes one side again and again, so that with two of it the lock is hardly ever free, until a sign is there.
struct Streaming: Work {
    var side: Keeping.Side
    var lock: TripleLock
    var begun: Heart
    var until: Heart
    func run() throws {
        while until.beats == 0 {
            switch side {
            case .reading:
                try lock.withReadLock { _ in
                    begun.beat()
                    let seen = begun.beats
                    // Until the other one is inside too, or has ended.
                    for _ in 0..<1_000 where begun.beats == seen && until.beats == 0 { sched_yield() }
                }
            case .writing:
                try lock.withWriteLock {
                    begun.beat()
                    $0.advance()
                }
            }
        }
    }
}

/// What the try forms answer.
struct TryingBoth: Work {
    struct Result: Codable, Sendable, Equatable {
        var read: Bool
        var write: Bool
    }

    var lock: TripleLock
    func run() throws -> Result {
        Result(
            read: try lock.withReadLockIfAvailable { _ in true } ?? false,
            write: try lock.withWriteLockIfAvailable { _ in true } ?? false)
    }
}

/// Waits for a side for a short time; answers whether it was had.
struct WaitingBriefly: Work {
    var side: Keeping.Side
    var lock: TripleLock
    var form: WaitingForm
    func run() async throws -> Bool {
        let timeout = Duration.milliseconds(60)
        let start = ContinuousClock.now
        do {
            switch side {
            case .reading: try await lock.read(form, timeout: timeout) { _ in }
            case .writing: try await lock.write(form, timeout: timeout) { _ in }
            }
            return true
        } catch SharedLockError<any Error>.timedOut {
            try require(ContinuousClock.now - start >= timeout, "ended too early")
            return false
        }
    }
}

/// Dies inside, or while it waits to write.
struct DyingInLock: Work {
    enum Place: Codable, CaseIterable, Sendable { case reading, writing, waiting }

    var lock: TripleLock
    var place: Place
    func run() async throws {
        switch place {
        case .reading: try await lock.read(.blocking) { _ in die() }
        case .writing:
            try await lock.write(.blocking) { value in
                value.first += 1
                die()
            }
        case .waiting:
            let lock = lock
            Task.detached { try await lock.withWriteLock { _ in } }
            try? await lock.write(.suspending, timeout: .milliseconds(20)) { _ in }
            die()
        }
    }

    private func die() { kill(getpid(), SIGKILL) }
}
