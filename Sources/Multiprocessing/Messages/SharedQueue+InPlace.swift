// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Bytes that are made and used where they lie, without a copy.
extension SharedQueue.Sender where Element == [UInt8] {
    /// Sends so many bytes, which the closure writes where they shall lie; waits for room on the calling thread.
    ///
    /// - Parameters:
    ///   - byteCount: How many.
    ///   - timeout: How long to wait for room at most; nil: for ever.
    ///   - fill: Gets bytes of any content. Nobody else can send while it runs, this thread neither. What it throws
    ///     is thrown on, and nothing is sent.
    /// - Throws: As `send(_:)`; the errors' message is void.
    @available(*, noasync, message: "blocks the thread: await the asynchronous send instead")
    public func send(
        byteCount: Int, timeout: Duration? = nil, filling fill: (inout MutableRawSpan) throws -> Void
    ) throws {
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while true {
            let outcome = try attempt(byteCount, fill)
            if outcome == .done { return }
            let next = end.wait(after: outcome, for: byteCount, &wait)
            if next != .done { throw SendError<Void>(next, ()) }
        }
    }

    /// Sends so many bytes, which the closure writes where they shall lie; waits for room without holding a thread.
    /// Otherwise as the blocking form.
    nonisolated(nonsending) public func send(
        byteCount: Int, timeout: Duration? = nil,
        filling fill: (inout MutableRawSpan) throws -> Void
    ) async throws {
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while true {
            let outcome = try attempt(byteCount, fill)
            if outcome == .done { return }
            let next = await end.suspend(after: outcome, for: byteCount, &wait)
            if next != .done { throw SendError<Void>(next, ()) }
        }
    }

    private func attempt(_ byteCount: Int, _ fill: (inout MutableRawSpan) throws -> Void) throws -> RingOutcome {
        precondition(byteCount >= 0, "a negative number of bytes to send")
        if end.isAlone { return .disconnected }
        guard var sending = end.ring.beginSending() else { return .busy }
        let outcome: RingOutcome
        do {
            outcome = try unsafe end.ring.append(byteCount, to: &sending) { buffer in
                // Valid for the closure, and nobody else's to write: the lock is ours.
                var span = unsafe buffer.mutableBytes
                try fill(&span)
            }
        } catch {
            end.ring.abandon(sending)
            throw error
        }
        if outcome == .done { return end.ring.publish(sending) }
        end.ring.abandon(sending)
        return outcome
    }
}

extension SharedQueue.Receiver where Element == [UInt8] {
    /// Receives bytes and hands them to the closure where they lie; waits for them on the calling thread.
    ///
    /// - Parameters:
    ///   - timeout: How long to wait for bytes at most; nil: for ever.
    ///   - use: Nobody else can receive while it runs, this thread neither. When it throws, the bytes are not taken: the
    ///     next receive gets them. A hostile process may change them while they are read.
    /// - Returns: What the closure answers; nil: there will be nothing any more.
    /// - Throws: As `receive()`, and what the closure throws.
    @available(*, noasync, message: "blocks the thread: await the asynchronous receive instead")
    public func receive<Result>(
        timeout: Duration? = nil, using use: (RawSpan) throws -> Result
    ) throws -> Result? {
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while true {
            let (outcome, result) = try attempt(use)
            if let result { return result }
            let next = end.wait(after: outcome, &wait)
            if next == .done { continue }
            if let error = ReceiveError(next) { throw error }
            return nil
        }
    }

    /// Receives bytes and hands them to the closure where they lie; waits for them without holding a thread. Otherwise
    /// as the blocking form.
    nonisolated(nonsending) public func receive<Result>(
        timeout: Duration? = nil,
        using use: (RawSpan) throws -> Result
    ) async throws -> Result? {
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while true {
            let (outcome, result) = try attempt(use)
            if let result { return result }
            let next = await end.suspend(after: outcome, &wait)
            if next == .done { continue }
            if let error = ReceiveError(next) { throw error }
            return nil
        }
    }

    private func attempt<Result>(_ use: (RawSpan) throws -> Result) throws -> (RingOutcome, Result?) {
        guard var receiving = end.ring.beginReceiving() else { return (.busy, nil) }
        do {
            let (outcome, result) = try unsafe end.ring.next(&receiving) { buffer in
                // Valid for the closure: it is ours until it is taken.
                try unsafe use(buffer.bytes)
            }
            end.ring.take(receiving)
            return (outcome, result)
        } catch {
            end.ring.leave(receiving)
            throw error
        }
    }
}
