// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedQueue.Receiver {
    /// Receives an element if there is one now; nil: there will be none any more.
    ///
    /// - Throws: `.empty` when there is none now; `.notDecoded`; `.corrupted`; `.notReceived`. That the last sender was killed
    ///   is found out only by a receive that waits.
    @inlinable
    public func tryReceive() throws(ReceiveError) -> Element? {
        var wait = RingWait()
        return try block(&wait)
    }

    /// Receives an element, waiting for it on the calling thread; nil: there will be none any more.
    ///
    /// - Parameter timeout: How long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`; `.notDecoded` (the element is gone, the next can be received); `.corrupted`; `.notReceived`.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous receive instead")
    public func receive(timeout: Duration? = nil) throws(ReceiveError) -> Element? {
        let (outcome, element) = try attempt()
        if let element { return element }
        var wait = RingWait(timeout: timeout)
        return try block(&wait, after: outcome)
    }

    /// Receives an element, waiting for it without holding a thread; nil: there will be none any more.
    ///
    /// - Parameter timeout: How long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`; `.cancelled`; `.notDecoded` (the element is gone, the next can be received); `.corrupted`;
    ///   `.notReceived`.
    @inlinable
    nonisolated(nonsending) public func receive(
        timeout: Duration? = nil
    ) async throws(ReceiveError) -> Element? {
        var (outcome, element) = try attempt()
        if let element { return element }
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while true {
            outcome = await end.suspend(after: outcome, &wait)
            guard case .done = outcome else { break }
            (outcome, element) = try attempt()
            if let element { return element }
        }
        if let error = ReceiveError(outcome) { throw error }
        return nil
    }

    @inlinable
    func block(_ wait: inout RingWait) throws(ReceiveError) -> Element? {
        let (outcome, element) = try attempt()
        if let element { return element }
        return try block(&wait, after: outcome)
    }

    @inlinable
    func block(_ wait: inout RingWait, after first: RingOutcome) throws(ReceiveError) -> Element? {
        var outcome = first
        var element: Element?
        defer { end.passOn(wait) }
        while true {
            outcome = end.wait(after: outcome, &wait)
            guard case .done = outcome else { break }
            (outcome, element) = try attempt()
            if let element { return element }
        }
        if let error = ReceiveError(outcome) { throw error }
        return nil
    }

    /// One element, if there is one.
    @inlinable
    func attempt() throws(ReceiveError) -> (RingOutcome, Element?) {
        if case .inPlace = format.kind { return attemptInPlace() }
        let (outcome, bytes) = end.ring.tryReceive()
        guard case .done = outcome else { return (outcome, nil) }
        return (.done, try format.element(of: bytes))
    }

    @inlinable
    func attemptInPlace() -> (RingOutcome, Element?) {
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                start: buffer.baseAddress, count: MemoryLayout<Element>.size)
            let outcome = unsafe end.ring.tryReceive(into: bytes)
            guard case .done = outcome, let place = buffer.baseAddress else { return (outcome, nil) }
            // Its bytes, all of them, were just copied there; the format says that they are the element.
            return unsafe (.done, place.move())
        }
    }
}

extension SharedQueue.Receiver: AsyncSequence {
    /// Receives until the queue's end.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline let receiver: SharedQueue<Element>.Receiver

        @usableFromInline init(_ receiver: SharedQueue<Element>.Receiver) { self.receiver = receiver }

        /// The next element; nil at the end.
        @inlinable
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ReceiveError) -> Element? {
            try await receiver.receive()
        }
    }

    @inlinable
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
