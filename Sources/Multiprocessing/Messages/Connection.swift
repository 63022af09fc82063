// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One side of a two-way conversation of typed messages, between threads or processes.
///
///     let (here, there) = try Connection<Question, Answer>.pair()
///     let child = try ChildProcess.start(Oracle(connection: there))
///     try await here.send(question)
///     let answer = try await here.receive()
///
/// It is a `Sender` and a `Receiver` in one, and travels as they do; it counts as two of a message's 250 handles. For
/// one direction use `Channel`.
public struct Connection<Outgoing: Sendable, Incoming: Sendable>: Sendable, Codable {
    /// What this side says.
    public let sender: Sender<Outgoing>

    /// What this side hears.
    public let receiver: Receiver<Incoming>

    /// Makes both sides, with these formats.
    ///
    /// - Throws: What the system said: a connection takes four descriptors until one side has left this process.
    public static func pair(
        outgoing: MessageCoding<Outgoing>, incoming: MessageCoding<Incoming>
    ) throws(SystemError) -> (Connection, Connection<Incoming, Outgoing>) {
        let there = try Channel<Outgoing>(coding: outgoing)
        let back = try Channel<Incoming>(coding: incoming)
        return (
            Connection(sender: there.sender, receiver: back.receiver),
            Connection<Incoming, Outgoing>(sender: back.sender, receiver: there.receiver)
        )
    }

    /// Sends a message, waiting for room without holding a thread. See `Sender.send`.
    nonisolated(nonsending) public func send(
        _ message: Outgoing, timeout: Duration? = nil
    ) async throws(SendError<Outgoing>) { try await sender.send(message, timeout: timeout) }

    /// Sends a message, holding the calling thread while there is no room. See `Sender.send`.
    @available(*, noasync, message: "it holds the thread; await the asynchronous form instead")
    public func send(_ message: Outgoing, timeout: Duration? = nil) throws(SendError<Outgoing>) {
        try sender.send(message, timeout: timeout)
    }

    /// Sends a message if there is room now. See `Sender.trySend`.
    public func trySend(_ message: Outgoing) throws(SendError<Outgoing>) { try sender.trySend(message) }

    /// The next message, or nil when the other side has finished or is gone. See `Receiver.receive`.
    nonisolated(nonsending) public func receive(timeout: Duration? = nil) async throws(ReceiveError) -> Incoming? {
        try await receiver.receive(timeout: timeout)
    }

    /// The next message, or nil when the other side has finished or is gone; holds the calling thread. See
    /// `Receiver.receive`.
    @available(*, noasync, message: "it holds the thread; await the asynchronous form instead")
    public func receive(timeout: Duration? = nil) throws(ReceiveError) -> Incoming? {
        try receiver.receive(timeout: timeout)
    }

    /// The next message if it is there now. See `Receiver.tryReceive`.
    public func tryReceive() throws(ReceiveError) -> Incoming? { try receiver.tryReceive() }

    /// Ends what this side says; it can still hear. What was sent before still arrives.
    public func finish() { sender.finish() }

    /// Another handle on this side, which ends for itself: for a work that runs in a thread of this process.
    ///
    /// - Throws: `EMFILE` when this process has used up its descriptors.
    public func duplicate() throws(SystemError) -> Connection {
        Connection(sender: try sender.duplicate(), receiver: try receiver.duplicate())
    }

    /// Gives up both directions.
    public func close() {
        sender.finish()
        receiver.close()
    }
}

extension Connection where Outgoing: Codable, Incoming: Codable {
    /// Makes both sides. Messages without references go as their bytes, byte arrays as they are, all others by the
    /// binary coder of this library.
    ///
    /// - Throws: What the system said: a connection takes four descriptors until one side has left this process.
    public static func pair() throws(SystemError) -> (Connection, Connection<Incoming, Outgoing>) {
        try pair(outgoing: .best(), incoming: .best())
    }
}

extension Connection: CustomStringConvertible {
    public var description: String { "connection of \(_typeName(Outgoing.self)) and \(_typeName(Incoming.self))" }
}
