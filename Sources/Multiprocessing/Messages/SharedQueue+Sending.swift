// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedQueue.Sender {
    /// Sends an element if there is room now.
    ///
    /// - Throws: `.full` when there is none; `.finished`; `.disconnected` (that a receiver was killed is found out only by a
    ///   send that waits); `.notEncoded`; `.notSent` when a large element finds no memory; `.corrupted`. All give the
    ///   element back.
    @inlinable
    public func trySend(_ element: Element) throws(SendError<Element>) {
        let bytes = try format.bytes(of: element)
        let outcome = attempt(element, bytes)
        if case .done = outcome { return }
        var wait = RingWait()
        let last = block(element, bytes, outcome, &wait)
        if case .done = last { return }
        throw SendError(last, element)
    }

    /// Sends an element, waiting for room on the calling thread.
    ///
    /// - Parameters:
    ///   - element: What one of the receivers gets.
    ///   - timeout: How long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`, and as `trySend`.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous send instead")
    public func send(_ element: Element, timeout: Duration? = nil) throws(SendError<Element>) {
        let bytes = try format.bytes(of: element)
        let outcome = attempt(element, bytes)
        if case .done = outcome { return }
        var wait = RingWait(timeout: timeout)
        let last = block(element, bytes, outcome, &wait)
        if case .done = last { return }
        throw SendError(last, element)
    }

    /// Sends an element, waiting for room without holding a thread.
    ///
    /// - Parameters:
    ///   - element: What one of the receivers gets.
    ///   - timeout: How long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`, `.cancelled`, and as `trySend`.
    @inlinable
    nonisolated(nonsending) public func send(
        _ element: Element, timeout: Duration? = nil
    ) async throws(SendError<Element>) {
        let bytes = try format.bytes(of: element)
        var outcome = attempt(element, bytes)
        if case .done = outcome { return }
        var wait = RingWait(timeout: timeout)
        while true {
            outcome = await end.suspend(after: outcome, for: Self.size(bytes), &wait)
            guard case .done = outcome else { break }
            outcome = attempt(element, bytes)
            if case .done = outcome { break }
        }
        end.passOn(wait)
        if case .done = outcome { return }
        throw SendError(outcome, element)
    }

    @inlinable
    func attempt(_ element: Element, _ bytes: [UInt8]?) -> RingOutcome {
        if end.isAlone { return .disconnected }
        // The bytes are only read, and within the closures.
        if let bytes { return unsafe bytes.withUnsafeBytes { unsafe end.ring.trySend($0) } }
        return unsafe withUnsafeBytes(of: element) { unsafe end.ring.trySend($0) }
    }

    @inlinable
    static func size(_ bytes: [UInt8]?) -> Int { bytes?.count ?? MemoryLayout<Element>.size }

    @inlinable
    func block(_ element: Element, _ bytes: [UInt8]?, _ first: RingOutcome, _ wait: inout RingWait) -> RingOutcome {
        var outcome = first
        while true {
            outcome = end.wait(after: outcome, for: Self.size(bytes), &wait)
            guard case .done = outcome else { break }
            outcome = attempt(element, bytes)
            if case .done = outcome { break }
        }
        end.passOn(wait)
        return outcome
    }
}
