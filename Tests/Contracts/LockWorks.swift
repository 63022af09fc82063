// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension Heart {
    /// Blocks the thread, which is a worker's own, until it has beaten.
    func awaitBeat() { while beats == 0 { sched_yield() } }
}

/// Two numbers that are equal whenever nobody is at them.
struct Pair: BitwiseCopyable, Codable, Sendable, Equatable {
    var left = 0
    var right = 0

    /// Another may come in between, unless there is a lock.
    mutating func advance() {
        left += 1
        sched_yield()
        right += 1
    }
}

/// Counts under the lock, waiting on its thread or as a task.
struct AddingUnderLock: Work {
    var mutex: SharedMutex<Pair>
    var times: Int
    var isAsynchronous: Bool
    func run() async throws {
        for _ in 0..<times {
            if isAsynchronous { try await mutex.withLock { $0.advance() } } else { try advance() }
        }
    }

    private func advance() throws { try mutex.withLock { $0.advance() } }
}

/// Has the lock until it is told to let go; answers the value at the end.
struct HoldingLock: Work {
    var mutex: SharedMutex<Int>
    var hasIt: Heart
    var letGo: Heart
    func run() throws -> Int {
        try mutex.withLock { value in
            hasIt.beat()
            letGo.awaitBeat()
            return value
        }
    }
}

/// Asks for the lock once, in one of the ways there are.
struct AskingForLock: Work {
    enum Way: Codable, Sendable, CaseIterable { case blocking, suspending, trying }

    struct Answer: Codable, Sendable {
        var hadIt: Bool
        var milliseconds: Int64
    }

    var mutex: SharedMutex<Int>
    var way: Way
    var timeout: Duration?
    var arrived: Heart?

    func run() async throws -> Answer {
        let start = ContinuousClock.now
        arrived?.beat()
        let hadIt = try await ask()
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Answer(hadIt: hadIt, milliseconds: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }

    private func ask() async throws -> Bool {
        do throws(SharedLockError<Never>) {
            switch way {
            case .blocking: try block()
            case .suspending: try await mutex.withLock(timeout: timeout) { $0 += 1 }
            case .trying: return try mutex.withLockIfAvailable { $0 += 1 } != nil
            }
            return true
        } catch {
            switch error {
            case .timedOut: return false
            case .ownerDied, .cancelled: throw error
            }
        }
    }

    private func block() throws(SharedLockError<Never>) { try mutex.withLock(timeout: timeout) { $0 += 1 } }
}

/// Throws under the lock, after a change.
struct ThrowingUnderLock: Work {
    var mutex: SharedMutex<Int>
    func run() throws -> Bool {
        do throws(SharedLockError<any Error>) {
            try mutex.withLock { value in
                value += 1
                throw Oops(detail: "under the lock")
            }
        } catch {
            guard case .body(let inner) = error else { throw error }
            return inner is Oops
        }
        return false
    }
}

/// Asks for the lock that its thread holds: with a time limit, and without waiting.
struct AskingItself: Work {
    var mutex: SharedMutex<Int>
    func run() throws -> [String] {
        try mutex.withLock { _ in
            var answers: [String] = []
            do throws(SharedLockError<Never>) {
                try mutex.withLock(timeout: .milliseconds(30)) { _ in answers.append("had it twice") }
            } catch { answers.append("\(error == .timedOut)") }
            answers.append("\(try mutex.withLockIfAvailable { _ in } == nil)")
            return answers
        }
    }
}

/// Waits for ever for the lock that its thread holds, which traps.
struct WaitingForItself: Work {
    var mutex: SharedMutex<Int>
    func run() throws { try mutex.withLock { _ in try mutex.withLock { _ in } } }
}

/// Lets its only handle go while it has the lock.
struct DroppingLockedMutex: Work {
    func run() throws -> Int {
        var mutex: SharedMutex<Int>? = try SharedMutex(4)
        return try mutex?.withLock { value in
            mutex = nil
            value += 1
            return value
        } ?? 0
    }
}

/// Dies in the middle of a change.
struct DyingUnderLock: Work {
    var mutex: SharedMutex<Pair>
    func run() throws {
        try mutex.withLock { pair in
            pair.left += 1
            kill(getpid(), SIGKILL)
        }
    }
}

/// Asks for a lock whose owner has died; the number of the dead thread, or 0.
struct FindingTheDead: Work {
    enum Way: Codable, Sendable, CaseIterable { case blocking, suspending, trying }

    var mutex: SharedMutex<Pair>
    var way: Way
    func run() async throws -> Int32 {
        do throws(SharedLockError<Never>) {
            switch way {
            case .blocking: try block()
            case .suspending: try await mutex.withLock { _ in }
            case .trying: try mutex.withLockIfAvailable { _ in }
            }
            return 0
        } catch {
            if case .ownerDied(let thread) = error { return thread }
            throw error
        }
    }

    private func block() throws(SharedLockError<Never>) { try mutex.withLock { _ in } }
}

/// Repairs by whoever comes first; what they found and whether it was they.
struct Repairing: Work {
    var mutex: SharedMutex<Pair>
    var isAsynchronous: Bool
    func run() async throws -> Bool {
        if isAsynchronous { return try await mutex.repair { $0.right = $0.left } }
        return try block()
    }

    private func block() throws -> Bool { try mutex.repair { $0.right = $0.left } }
}

/// Works on with a repair at hand.
struct WorkingOn: Work {
    var mutex: SharedMutex<Pair>
    var isAsynchronous: Bool
    func run() async throws -> Pair {
        if isAsynchronous { return try await mutex.withLock(repairing: { $0.right = $0.left }, Self.advance) }
        return block()
    }

    private func block() -> Pair { mutex.withLock(repairing: { $0.right = $0.left }, Self.advance) }

    private static func advance(_ pair: inout Pair) -> Pair {
        pair.advance()
        return pair
    }
}
