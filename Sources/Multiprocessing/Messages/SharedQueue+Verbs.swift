// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Both halves' verbs, for whoever has the whole queue.
extension SharedQueue {
    /// Sends an element if there is room now; see `Sender.trySend(_:)`.
    @inlinable
    public func trySend(_ element: Element) throws(SendError<Element>) { try sender.trySend(element) }

    /// Sends an element, waiting for room on the calling thread; see `Sender`.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous send instead")
    public func send(_ element: Element, timeout: Duration? = nil) throws(SendError<Element>) {
        try sender.send(element, timeout: timeout)
    }

    /// Sends an element, waiting for room without holding a thread; see `Sender`.
    @inlinable
    nonisolated(nonsending) public func send(
        _ element: Element, timeout: Duration? = nil
    ) async throws(SendError<Element>) {
        try await sender.send(element, timeout: timeout)
    }

    /// Receives an element if there is one now; nil: there will be none any more. See `Receiver.tryReceive()`.
    @inlinable
    public func tryReceive() throws(ReceiveError) -> Element? { try receiver.tryReceive() }

    /// Receives an element, waiting for it on the calling thread; nil: there will be none any more. See `Receiver`.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous receive instead")
    public func receive(timeout: Duration? = nil) throws(ReceiveError) -> Element? {
        try receiver.receive(timeout: timeout)
    }

    /// Receives an element, waiting for it without holding a thread; nil: there will be none any more. See `Receiver`.
    @inlinable
    nonisolated(nonsending) public func receive(
        timeout: Duration? = nil
    ) async throws(ReceiveError) -> Element? {
        try await receiver.receive(timeout: timeout)
    }
}
