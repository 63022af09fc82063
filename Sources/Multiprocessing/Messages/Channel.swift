// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A one-way conversation of typed messages, between threads or processes.
///
///     let channel = try Channel<String>()
///     let child = try ChildProcess.start(Greeter(sender: channel.sender))
///     channel.sender.finish()                     // here nobody sends
///     for try await line in channel.receiver { print(line) }
///
/// Both sides travel as fields of works and of messages, also of messages of another channel. A message has any size:
/// from 64 KiB on the rest travels as memory, and no other message comes in between. Messages may hold handles, up to
/// 250 each.
///
/// For many-to-many traffic of small messages at the highest speed use `SharedQueue`; for two-way conversations
/// `Connection`.
public struct Channel<Message: Sendable>: Sendable {
    /// Where messages go in.
    public let sender: Sender<Message>

    /// Where they come out.
    public let receiver: Receiver<Message>

    /// Makes a channel with a format of your own, which handles that travel cannot carry along: who receives one says
    /// it again by `coded(by:)`.
    ///
    /// - Throws: What the system said: a channel takes two descriptors.
    public init(coding: MessageCoding<Message>) throws(SystemError) {
        let (sending, receiving) = try PacketEnd.pair()
        sender = Sender(end: sending, coding: coding)
        receiver = Receiver(end: receiving, coding: coding)
    }
}

extension Channel where Message: Codable {
    /// Makes a channel whose messages go by the binary coder of this library.
    ///
    /// - Throws: What the system said: a channel takes two descriptors.
    public init() throws(SystemError) { try self.init(coding: .codable()) }
}

extension Channel where Message: BitwiseCopyable {
    /// Makes a channel whose messages go as their bytes: they hold no references.
    ///
    /// - Throws: What the system said: a channel takes two descriptors.
    public init() throws(SystemError) { try self.init(coding: .bytes()) }
}

extension Channel where Message: Codable & BitwiseCopyable {
    /// Makes a channel whose messages go as their bytes, which is exact and faster than any coder.
    ///
    /// - Throws: What the system said: a channel takes two descriptors.
    public init() throws(SystemError) { try self.init(coding: .bytes()) }
}

extension Channel where Message == [UInt8] {
    /// Makes a channel of bytes, which go as they are.
    ///
    /// - Throws: What the system said: a channel takes two descriptors.
    public init() throws(SystemError) { try self.init(coding: .raw()) }
}
