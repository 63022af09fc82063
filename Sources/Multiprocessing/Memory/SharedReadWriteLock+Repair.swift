// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedReadWriteLock {
    /// Repairs the value if a writer died and nobody has repaired it since; waits on the calling thread.
    ///
    /// The body runs as a writer, with the value as the dead left it. When it returns, the value counts as whole and the
    /// lock is as any other; when it throws, nothing is declared. If several come at once, one repairs and the others do
    /// nothing.
    /// - Returns: Whether this call repaired it.
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        let hold = try hold(from: core.block(.write, timeout), throwing: BodyError.self)
        defer { core.release(hold) }
        return try repair(hold, body)
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    @discardableResult
    nonisolated(nonsending) public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Void
    ) async throws(SharedLockError<BodyError>) -> Bool {
        let hold = try hold(from: await core.suspend(.write, timeout), throwing: BodyError.self)
        defer { core.release(hold) }
        return try repair(hold, body)
    }

    /// Waits on the calling thread, repairs the value first if a writer died, and runs the body as a writer.
    ///
    /// For values that are easily made whole.
    ///
    ///     try prices.withWriteLock(repairing: { $0 = Prices() }) { $0.oil += 1 }
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withWriteLock<Result, BodyError: Error>(
        timeout: Duration? = nil, repairing repair: (inout Value) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        let hold = try hold(from: core.block(.write, timeout), throwing: BodyError.self)
        defer { core.release(hold) }
        mend(hold, repair)
        return try change(body)
    }

    /// The same without holding a thread while it waits; repair and body are synchronous.
    ///
    /// - Throws: `.timedOut`, `.cancelled`, or the body's error as `.body`; never `.ownerDied`.
    nonisolated(nonsending) public func withWriteLock<Result, BodyError: Error>(
        timeout: Duration? = nil, repairing repair: (inout Value) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        let hold = try hold(from: await core.suspend(.write, timeout), throwing: BodyError.self)
        defer { core.release(hold) }
        mend(hold, repair)
        return try change(body)
    }

    private func mend(_ hold: ReadWriteCore.Hold, _ body: (inout Value) -> Void) {
        // A body that does not throw fails in no way.
        _ = try? repair(hold, body)
    }

    /// Whoever dies in the body leaves the mark, and is a dead writer itself.
    private func repair<BodyError: Error>(
        _ hold: ReadWriteCore.Hold, _ body: (inout Value) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        if hold.deadWriter == 0 { return false }
        try change(body)
        core.markRepaired()
        return true
    }
}
