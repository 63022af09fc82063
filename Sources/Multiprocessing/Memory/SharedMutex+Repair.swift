// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedMutex {
    /// Repairs the value if an owner died and nobody has repaired it since; waits for the lock on the calling thread.
    ///
    /// The body runs with the lock held and with the value as the dead left it. When it returns, the value counts as
    /// whole and the mutex is as any other; when it throws, nothing is declared. If several come at once, one
    /// repairs and the others do nothing.
    /// - Returns: Whether this call repaired it.
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        let grant = memory.acquire(timeout)
        if case .timedOut = grant { throw .timedOut }
        defer { memory.release() }
        return try repair(grant, body)
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    /// - Throws: As the blocking form, or `.cancelled`.
    @discardableResult
    nonisolated(nonsending) public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Void
    ) async throws(SharedLockError<BodyError>) -> Bool {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in try repair(grant, body) }
    }

    /// Waits for the lock on the calling thread, repairs the value first if an owner died, and runs the body.
    ///
    /// For values that are easily made whole: it throws nothing but what the body throws.
    ///
    ///     cache.withLock(repairing: { $0 = Cache() }) { $0.hits += 1 }
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withLock<Result, BodyError: Error>(
        repairing repair: (inout Value) -> Void, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(BodyError) -> Result {
        do {
            return try withLock(upTo: nil, repairing: repair, body)
        } catch {
            switch error {
            case .body(let error): throw error
            case .ownerDied, .timedOut, .cancelled:
                preconditionFailure("a wait for ever, with a repair, ended: \(error)")
            }
        }
    }

    /// The same, for at most some time.
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withLock<Result, BodyError: Error>(
        timeout: Duration, repairing repair: (inout Value) -> Void, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        try withLock(upTo: timeout, repairing: repair, body)
    }

    /// The same without holding a thread while it waits; repair and body are synchronous.
    /// - Throws: `.timedOut`, `.cancelled`, or the body's error as `.body`; never `.ownerDied`.
    nonisolated(nonsending) public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, repairing repair: (inout Value) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in
            mend(grant, repair)
            return try run(body)
        }
    }

    private func withLock<Result, BodyError: Error>(
        upTo timeout: Duration?, repairing repair: (inout Value) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        let grant = memory.acquire(timeout)
        if case .timedOut = grant { throw .timedOut }
        defer { memory.release() }
        mend(grant, repair)
        return try run(body)
    }

    /// With the lock held.
    private func mend(_ grant: GuardedMemory.Grant, _ body: (inout Value) -> Void) {
        // A body that does not throw fails in no way.
        _ = try? repair(grant, body)
    }

    /// With the lock held. Whoever dies in the body leaves the mark, and is a dead owner itself.
    private func repair<BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: (inout Value) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        guard case .fromTheDead = grant else { return false }
        try run(body)
        memory.markRepaired()
        return true
    }
}
