// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Waits for some notifications, one after the other; what the value was after each, and nil where the time was over.
struct WaitingForNotifications: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    var rounds = 1
    /// Long enough for any machine, so that a violation ends.
    var timeout = Duration.seconds(30)
    var isAsynchronous = false
    /// Beats whenever it has begun to wait.
    var waiting: Heart
    /// Beats whenever it has been released and has the mutex.
    var released: Heart
    /// Whether it raises the value after each.
    var step = 0

    func run() async throws -> [Int?] {
        var values: [Int?] = []
        for _ in 0..<rounds { values.append(isAsynchronous ? try await suspend() : try block()) }
        return values
    }

    private func suspend() async throws -> Int? {
        try await nilInTime {
            () async throws(SharedLockError<Never>) in
            try await condition.wait(with: mutex, timeout: timeout, preparing: { _ in waiting.beat() }, take)
        }
    }

    private func block() throws -> Int? {
        do throws(SharedLockError<Never>) {
            return try condition.wait(with: mutex, timeout: timeout, preparing: { _ in waiting.beat() }, take)
        } catch {
            if error == .timedOut { return nil }
            throw error
        }
    }

    private func take(_ value: inout Int) -> Int {
        value += step
        released.beat()
        return value
    }
}

/// The result, or nil when the time was over.
nonisolated(nonsending) func nilInTime<Result>(
    _ body: () async throws(SharedLockError<Never>) -> Result
) async throws(SharedLockError<Never>) -> Result? {
    do throws(SharedLockError<Never>) {
        return try await body()
    } catch {
        if error == .timedOut { return nil }
        throw error
    }
}

/// Waits until the value is what it is to be; how it is then, or nil when the time was over, and how long it took.
struct WaitingUntilValue: Work {
    struct Answer: Codable, Sendable {
        var value: Int?
        var milliseconds: Int64
    }

    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    var target: Int
    var timeout = Duration.seconds(30)
    var isAsynchronous = false
    var arrived: Heart

    func run() async throws -> Answer {
        arrived.beat()
        let start = ContinuousClock.now
        let value = isAsynchronous ? try await suspend() : try block()
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Answer(value: value, milliseconds: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    }

    private func suspend() async throws -> Int? {
        try await nilInTime {
            () async throws(SharedLockError<Never>) in
            try await mutex.withLock(when: { $0 == target }, notifiedBy: condition, timeout: timeout) { $0 }
        }
    }

    private func block() throws -> Int? {
        do throws(SharedLockError<Never>) {
            return try mutex.withLock(when: { $0 == target }, notifiedBy: condition, timeout: timeout) { $0 }
        } catch {
            if error == .timedOut { return nil }
            throw error
        }
    }
}

/// Takes one of a few things as soon as there is one, some times.
struct TakingOne: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    var times: Int
    var isAsynchronous: Bool
    func run() async throws -> Int {
        var sum = 0
        for _ in 0..<times { sum += isAsynchronous ? try await suspend() : try block() }
        return sum
    }

    private func suspend() async throws -> Int {
        try await mutex.withLock(when: { $0 > 0 }, notifiedBy: condition, Self.take)
    }

    private func block() throws -> Int { try mutex.withLock(when: { $0 > 0 }, notifiedBy: condition, Self.take) }

    private static func take(_ value: inout Int) -> Int {
        value -= 1
        return 1
    }
}

/// Puts things there, one at a time.
struct PuttingOne: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    var times: Int
    func run() throws {
        for number in 0..<times {
            try mutex.withLock { value in
                value += 1
                if number % 2 == 0 { condition.notify() }
            }
            if number % 2 == 1 { condition.notify() }
        }
    }
}

/// Notifies in another process or thread, after a change.
struct Notifying: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    func run() throws {
        try mutex.withLock { value in
            value += 1
            condition.notify()
        }
    }
}

/// Dies as soon as it has begun to wait.
struct DyingInWait: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    func run() throws { try condition.wait(with: mutex, preparing: { _ in _ = kill(getpid(), SIGKILL) }, { _ in }) }
}

/// Dies after a change that others wait for, and before it has told them.
struct DyingBeforeNotification: Work {
    var mutex: SharedMutex<Int>
    func run() throws {
        try mutex.withLock { $0 += 1 }
        kill(getpid(), SIGKILL)
    }
}

/// Dies while it has the mutex that others wait with.
struct DyingWithValue: Work {
    var mutex: SharedMutex<Int>
    func run() throws { try mutex.withLock { _ in _ = kill(getpid(), SIGKILL) } }
}

/// Waits until something holds and learns that an owner has died; whether it did.
struct LearningOfDeath: Work {
    var mutex: SharedMutex<Int>
    var condition: SharedCondition
    var isAsynchronous: Bool
    func run() async throws -> Bool {
        do throws(SharedLockError<Never>) {
            if isAsynchronous { try await suspend() } else { try block() }
            return false
        } catch {
            if case .ownerDied = error { return true }
            throw error
        }
    }

    private func suspend() async throws(SharedLockError<Never>) {
        try await mutex.withLock(when: { $0 == 7 }, notifiedBy: condition, timeout: .seconds(30)) { _ in }
    }

    private func block() throws(SharedLockError<Never>) {
        try mutex.withLock(when: { $0 == 7 }, notifiedBy: condition, timeout: .seconds(30)) { _ in }
    }
}
