// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// The two forms of everything that waits. A contract about waiting is checked in both.
enum WaitingForm: Codable, CaseIterable, Sendable { case blocking, suspending }

// Each in two steps: a blocking form cannot be called from an asynchronous function directly.

extension SharedSemaphore {
    func acquire(_ form: WaitingForm, timeout: Duration? = nil) async throws {
        switch form {
        case .blocking: try block(timeout)
        case .suspending: try await acquire(timeout: timeout)
        }
    }

    private func block(_ timeout: Duration?) throws { try acquire(timeout: timeout) }

    /// Whether a permit came in time.
    func acquires(_ form: WaitingForm, timeout: Duration) async throws -> Bool {
        do {
            try await acquire(form, timeout: timeout)
            return true
        } catch SharedLockError<Never>.timedOut {
            return false
        }
    }
}

extension SharedEvent {
    func wait(_ form: WaitingForm, timeout: Duration? = nil) async throws -> Bool {
        switch form {
        case .blocking: block(timeout)
        case .suspending: try await wait(timeout: timeout)
        }
    }

    private func block(_ timeout: Duration?) -> Bool { wait(timeout: timeout) }
}

extension SharedBarrier {
    @discardableResult
    func wait(_ form: WaitingForm, timeout: Duration? = nil) async throws -> Int {
        switch form {
        case .blocking: try block(timeout)
        case .suspending: try await wait(timeout: timeout)
        }
    }

    func wait(_ form: WaitingForm, action: () throws -> Void) async throws {
        switch form {
        case .blocking: try block(action)
        case .suspending: try await wait(action: action)
        }
    }

    private func block(_ timeout: Duration?) throws -> Int { try wait(timeout: timeout) }
    private func block(_ action: () throws -> Void) throws { try wait(action: action) }

    /// Whether the barrier turned out broken, or broke by this wait.
    func breaks(_ form: WaitingForm, timeout: Duration? = nil) async throws -> Bool {
        do {
            try await wait(form, timeout: timeout)
            return false
        } catch let error as SharedBarrierError<Never> {
            return error == .broken || error == .timedOut
        }
    }
}

extension SharedReadWriteLock {
    func read<Result>(
        _ form: WaitingForm, timeout: Duration? = nil, _ body: (Value) throws -> Result
    ) async throws -> Result {
        switch form {
        case .blocking: try blockForReading(timeout, body)
        case .suspending: try await withReadLock(timeout: timeout, body)
        }
    }

    func write<Result>(
        _ form: WaitingForm, timeout: Duration? = nil, _ body: (inout Value) throws -> Result
    ) async throws -> Result {
        switch form {
        case .blocking: try blockForWriting(timeout, body)
        case .suspending: try await withWriteLock(timeout: timeout, body)
        }
    }

    private func blockForReading<Result>(_ timeout: Duration?, _ body: (Value) throws -> Result) throws -> Result {
        try withReadLock(timeout: timeout, body)
    }

    private func blockForWriting<Result>(
        _ timeout: Duration?, _ body: (inout Value) throws -> Result
    ) throws -> Result {
        try withWriteLock(timeout: timeout, body)
    }
}

/// How long something took, and what came of it.
func timed<Result>(_ body: () async throws -> Result) async rethrows -> (result: Result, time: Duration) {
    let start = ContinuousClock.now
    let result = try await body()
    return (result, ContinuousClock.now - start)
}
