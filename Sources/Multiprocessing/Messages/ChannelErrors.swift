// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why a message was not sent. Each case gives the message back; nothing of it was sent.
public enum SendError<Message: Sendable>: Error, Sendable, CustomStringConvertible {
    /// Every receiver is gone: nobody will ever receive it.
    case disconnected(Message)

    /// This handle had been told `finish()`; of a shared queue, anybody's.
    case finished(Message)

    /// There is no room now; only from `trySend`.
    case full(Message)

    /// There was no room within the time.
    case timedOut(Message)

    /// The task was cancelled while it waited for room.
    case cancelled(Message)

    /// The message could not be encoded, for this reason.
    case notEncoded(Message, reason: any Error)

    /// The system refused it, for example because memory for a large message cannot be had.
    case notSent(Message, SystemError)

    /// What the queue's memory holds was not written by this library; or this thread is in the midst of filling another
    /// message. Only from shared queues.
    case corrupted(Message)

    /// The message that was not sent.
    public var message: Message {
        switch self {
        case .disconnected(let message), .finished(let message), .full(let message), .timedOut(let message),
            .cancelled(let message), .notEncoded(let message, _), .notSent(let message, _),
            .corrupted(let message):
            message
        }
    }

    public var description: String {
        let what = "could not send a message of type \(_typeName(Message.self))"
        return switch self {
        case .disconnected: "\(what): every receiver is gone"
        case .finished: "\(what): this sender, or its queue, has been finished"
        case .full: "\(what): there is no room now; `send` waits for it"
        case .timedOut: "\(what): there was no room within the time"
        case .cancelled: "\(what): its task was cancelled while it waited for room"
        case .notEncoded(_, let reason): "\(what): it could not be encoded: \(reason)"
        case .notSent(_, let error): "\(what): \(error)"
        case .corrupted: "\(what): the queue's memory holds what this library does not write there"
        }
    }
}

/// Why there is no message.
public enum ReceiveError: Error, Sendable, CustomStringConvertible {
    /// A message came that could not be decoded, for this reason. It is gone; the next ones are not.
    case notDecoded(reason: any Error)

    /// There is none now, though there may be later; only from `tryReceive`.
    case empty

    /// None came within the time.
    case timedOut

    /// The task was cancelled while it waited.
    case cancelled

    /// The system failed to hand over a large message. Only from shared queues.
    case notReceived(SystemError)

    /// What the queue's memory holds was not written by this library. Only from shared queues.
    case corrupted

    public var description: String {
        switch self {
        case .notDecoded(let reason): "a message could not be decoded: \(reason)"
        case .empty: "there is no message now; `receive` waits for one"
        case .timedOut: "no message came within the time"
        case .notReceived(let error): "a message could not be received: \(error)"
        case .corrupted: "no message could be received: the queue's memory holds what this library does not write there"
        case .cancelled: "the task was cancelled while it waited for a message"
        }
    }
}
