// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The receiving side of a `Channel`; also a sequence of its messages.
///
///     for try await message in channel.receiver { … }
///
/// It travels as a field of a work or of a message. Usually there is one; where there are several, each message goes to
/// one of them. When the last is gone, senders are told `disconnected`, and what was not received is lost.
public struct Receiver<Message: Sendable>: Sendable {
    let end: PacketEnd
    let coding: MessageCoding<Message>

    /// The next message, or nil when every sender has finished or is gone. Waits without holding a thread.
    ///
    /// A cancelled task does not wait, but still receives what is there.
    ///
    /// - Parameter timeout: How long to wait at most; nil for ever.
    /// - Throws: `.timedOut`, `.cancelled`, or `.notDecoded` for a message that could not be decoded; the channel
    ///   lives on.
    nonisolated(nonsending) public func receive(timeout: Duration? = nil) async throws(ReceiveError) -> Message? {
        try message(await end.receive(until: Deadline(after: timeout)))
    }

    /// The next message, or nil when every sender has finished or is gone. Holds the calling thread while there is
    /// none.
    ///
    /// - Parameter timeout: How long to wait at most; nil for ever.
    /// - Throws: `.timedOut`, or `.notDecoded` for a message that could not be decoded; the channel lives on.
    @available(*, noasync, message: "it holds the thread; await the asynchronous form instead")
    public func receive(timeout: Duration? = nil) throws(ReceiveError) -> Message? {
        try message(end.receiveBlocking(until: Deadline(after: timeout)))
    }

    /// The next message if it is there now; nil when every sender has finished or is gone.
    ///
    /// - Throws: `.empty` when there is none now, or `.notDecoded`.
    public func tryReceive() throws(ReceiveError) -> Message? { try message(end.tryReceive()) }

    /// Gives this handle and its copies in this process up; they receive nil from now on. Without another receiver,
    /// senders are told `disconnected`.
    public func close() { end.close() }

    /// Another receiver of this channel, which is closed for itself. Each message goes to one of the two.
    ///
    /// - Throws: `EMFILE` when this process has used up its descriptors.
    public func duplicate() throws(SystemError) -> Receiver { Receiver(end: try end.duplicate(), coding: coding) }

    /// The same receiver for messages of this format: for one that has travelled and has a format of the user's own.
    public func coded(by coding: MessageCoding<Message>) -> Receiver { Receiver(end: end, coding: coding) }

    private func message(_ received: PacketEnd.Received) throws(ReceiveError) -> Message? {
        switch received {
        case .message(let body):
            do { return try coding.decode(body) } catch { throw .notDecoded(reason: error) }
        case .notAMessage(let error): throw .notDecoded(reason: error.reason)
        case .ended: return nil
        case .nothing: throw .empty
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }
}

extension Receiver: AsyncSequence {
    /// Receives one message after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let receiver: Receiver

        /// The next message, as from `receive()`. After an error the iteration may go on.
        nonisolated(nonsending) public mutating func next() async throws(ReceiveError) -> Message? {
            try await receiver.receive()
        }

        /// The same, on the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(ReceiveError) -> Message? {
            try await receiver.receive()
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(receiver: self) }
}

extension Receiver: Codable {
    public init(from decoder: any Decoder) throws {
        let (end, format) = try PacketEnd.decode(from: decoder)
        self.init(end: end, coding: try .received(format))
    }

    public func encode(to encoder: any Encoder) throws { try end.encode(coding.format, to: encoder) }
}

extension Receiver: CustomStringConvertible {
    public var description: String { "receiver of \(_typeName(Message.self))" }
}
