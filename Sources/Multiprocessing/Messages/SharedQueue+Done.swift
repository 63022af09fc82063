// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why waiting for everything to be done has ended before it was.
public enum QueueWaitError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The time given was over.
    case timedOut
    /// The task was cancelled while it waited.
    case cancelled
    /// All receivers are gone: nobody will do the rest.
    case disconnected

    fileprivate init?(_ outcome: RingOutcome) {
        switch outcome {
        case .done: return nil
        case .cancelled: self = .cancelled
        case .disconnected: self = .disconnected
        default: self = .timedOut
        }
    }

    public var description: String {
        let what = "could not wait until all elements of a queue are done"
        return switch self {
        case .timedOut: "\(what): the time was over"
        case .cancelled: "\(what): the task was cancelled"
        case .disconnected: "\(what): all receivers are gone"
        }
    }
}

extension SharedQueue.Receiver {
    /// Declares that what was received has also been done, for those who wait for that. Once for each element.
    ///
    /// Whoever dies between receiving an element and this leaves it undone for ever; see
    /// `Sender.waitUntilAllDone(timeout:)`.
    /// - Returns: Whether there was something undone.
    @discardableResult
    public func markDone() -> Bool { end.ring.markDone() }
}

extension SharedQueue.Sender {
    /// How many of all the elements that were sent have not been declared done.
    public var undoneCount: Int { end.ring.undoneCount }

    /// Waits on the calling thread until receivers have declared everything done that was sent, by whomever.
    ///
    /// A receiver that dies over an element leaves it undone. While other receivers live, nobody can know whether it will
    /// still be done, so only the time ends this wait; when all are gone, `.disconnected` does. Whoever waits
    /// must not have a receiver himself for that, neither alone nor in the whole queue.
    /// - Parameter timeout: How long to wait at most; nil: for ever.
    @available(*, noasync, message: "blocks the thread: await the asynchronous form instead")
    public func waitUntilAllDone(timeout: Duration? = nil) throws(QueueWaitError) {
        if let error = QueueWaitError(end.waitUntilDone(until: Deadline(after: timeout))) { throw error }
    }

    /// Waits until receivers have declared everything done that was sent, without holding a thread. Otherwise as the
    /// blocking form.
    nonisolated(nonsending) public func waitUntilAllDone(
        timeout: Duration? = nil
    ) async throws(QueueWaitError) {
        let outcome = await end.suspendUntilDone(until: Deadline(after: timeout))
        if let error = QueueWaitError(outcome) { throw error }
    }
}
