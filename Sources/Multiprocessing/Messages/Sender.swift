// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The sending side of a `Channel`.
///
/// It travels as a field of a work or of a message. There may be many senders, in many processes: one that has
/// travelled to a process is another one, while copies within a process are the same; `duplicate()` makes another one
/// here. The messages of one sender arrive in order, those of several by turns and never mixed up.
///
/// The conversation ends for the receiver when the last sender is gone: each was told `finish()`, or its last copy was
/// dropped, or its process has ended, however that happened. One that is on its way in a message counts as alive. So
/// does the one here that a worker's sender is a copy of: tell it `finish()`, and keep no work that holds one.
///
/// What waits to be received is bounded: by the kernel's room for the socket, at most a few hundred small messages or a
/// few large ones. Then `send` waits.
public struct Sender<Message: Sendable>: Sendable {
    let end: PacketEnd
    let coding: MessageCoding<Message>

    /// Sends a message, waiting for room without holding a thread.
    ///
    /// Once this returns the message is on its way, and lost only with the last receiver. A cancelled task does not
    /// wait, but still sends if there is room.
    ///
    /// - Parameters:
    ///   - message: What the receiver gets a copy of.
    ///   - timeout: How long to wait at most; nil for ever.
    /// - Throws: `SendError`, with the message.
    nonisolated(nonsending) public func send(
        _ message: Message, timeout: Duration? = nil
    ) async throws(SendError<Message>) {
        let packet = try packet(message)
        try check(await end.send(packet, until: Deadline(after: timeout)), message)
    }

    /// Sends a message, holding the calling thread while there is no room.
    ///
    /// - Parameters:
    ///   - message: What the receiver gets a copy of.
    ///   - timeout: How long to wait at most; nil for ever.
    /// - Throws: `SendError`, with the message.
    @available(*, noasync, message: "it holds the thread; await the asynchronous form instead")
    public func send(_ message: Message, timeout: Duration? = nil) throws(SendError<Message>) {
        let packet = try packet(message)
        try check(end.sendBlocking(packet, until: Deadline(after: timeout)), message)
    }

    /// Sends a message if there is room now.
    ///
    /// - Throws: `SendError.full` when there is none.
    public func trySend(_ message: Message) throws(SendError<Message>) {
        try check(end.trySend(try packet(message)), message)
    }

    /// Ends the sending by this handle and its copies in this process. What was sent before still arrives. Others go
    /// on.
    public func finish() { end.close() }

    /// Another sender of this channel, which finishes for itself: for a work that runs in a thread of this process.
    ///
    /// - Throws: `EMFILE` when this process has used up its descriptors.
    public func duplicate() throws(SystemError) -> Sender { Sender(end: try end.duplicate(), coding: coding) }

    /// The same sender for messages of this format: for one that has travelled and has a format of the user's own.
    public func coded(by coding: MessageCoding<Message>) -> Sender { Sender(end: end, coding: coding) }

    private func packet(_ message: Message) throws(SendError<Message>) -> MessageBody {
        do {
            return try coding.packet(message)
        } catch {
            switch error {
            case .coding(let reason): throw .notEncoded(message, reason: reason)
            case .system(let error): throw .notSent(message, error)
            }
        }
    }

    private func check(_ sent: PacketEnd.Sent, _ message: Message) throws(SendError<Message>) {
        switch sent {
        case .done: return
        case .disconnected: throw .disconnected(message)
        case .closed: throw .finished(message)
        case .noRoom: throw .full(message)
        case .timedOut: throw .timedOut(message)
        case .cancelled: throw .cancelled(message)
        case .failed(let error): throw .notSent(message, error)
        }
    }
}

extension Sender: Codable {
    public init(from decoder: any Decoder) throws {
        let (end, format) = try PacketEnd.decode(from: decoder)
        self.init(end: end, coding: try .received(format))
    }

    public func encode(to encoder: any Encoder) throws { try end.encode(coding.format, to: encoder) }
}

extension Sender: CustomStringConvertible {
    public var description: String { "sender of \(_typeName(Message.self))" }
}

/// Why a message could not be made into a packet.
enum PacketMakingError: Error {
    case coding(any Error)
    case system(SystemError)
}

extension MessageCoding {
    /// The packet that carries the message.
    func packet(_ message: Value) throws(PacketMakingError) -> MessageBody {
        // Large bytes need not be copied to be taken apart.
        if format == .raw, let bytes = message as? [UInt8] {
            do { return try Packet.make(of: bytes) } catch { throw .system(error) }
        }
        var packet = Packet.begin()
        do { try encode(message, into: &packet) } catch { throw .coding(error) }
        do { try Packet.finish(&packet) } catch { throw .system(error) }
        return packet
    }
}
