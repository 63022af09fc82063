// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A bounded queue in shared memory: many processes and threads send, many receive, each element goes to one of them.
///
/// It travels as a field of a work or of a message, and so do its two halves: whoever has only the `sender` cannot
/// receive, and his end is noticed by the receivers; and the other way round. The whole queue counts as both.
///
///     let queue = try SharedQueue<Int>(capacity: 100)
///     let child = try ChildProcess.start(Producing(numbers: queue.sender))
///     let receiver = queue.receiver            // and let `queue` itself go, or it will never be finished
///     for try await number in receiver { … }   // ends when all senders are gone, or one of them has finished it
///
/// - Elements of one sender are received in the order in which they were sent, by whomever.
/// - A process may be killed at any moment: what it has sent is received, what it was about to send is not there, and
///   what it was about to receive goes to somebody else. Nobody waits for it longer than 100 ms.
/// - `BitwiseCopyable` elements lie in the queue as their bytes; they must not hold pointers. Arrays of bytes do
///   too. All others are encoded. Handles cannot be elements, since they are more than bytes: send them over a channel.
/// - Whoever can write to the memory can forge elements. It cannot make this process read or write anywhere else.
public struct SharedQueue<Element: Codable & Sendable>: Sendable {
    /// The half that can only send.
    public let sender: Sender

    /// The half that can only receive.
    public let receiver: Receiver

    /// Makes an empty queue for elements that are their bytes. All its memory is reserved now.
    ///
    /// - Parameter capacity: How many elements there may be at once, at least 1.
    /// - Throws: `.system` when there is not so much memory; `.invalidByteCount` for more than 4 GiB.
    public init(capacity: Int) throws(SharedMemoryError) where Element: BitwiseCopyable {
        let byteCount = try QueueFormat<Element>.byteCount(ofInPlace: capacity)
        try self.init(QueueFormat(.inPlace), capacity, byteCount, 0)
    }

    /// Makes an empty queue for elements of any size.
    ///
    /// - Parameters:
    ///   - capacity: How many elements there may be at once, at least 1.
    ///   - byteCount: The memory for small elements, which is reserved now: up to a quarter of it each, as their bytes
    ///     are. Rounded up to a power of two.
    ///   - largeByteCount: How many bytes of larger elements may wait at once. Their memory is taken when they are sent and
    ///     given back when they are received. An empty queue takes one of any size.
    /// - Throws: `.system` when there is not so much memory; `.invalidByteCount` for a `byteCount` above 4 GiB.
    public init(
        capacity: Int, byteCount: Int = 1 << 20, largeByteCount: Int = 1 << 30
    ) throws(SharedMemoryError) {
        let isBytes = Element.self == [UInt8].self
        try self.init(QueueFormat(isBytes ? .bytes : .coded), capacity, byteCount, largeByteCount)
    }

    private init(
        _ format: QueueFormat<Element>, _ capacity: Int, _ byteCount: Int, _ largeByteCount: Int
    ) throws(SharedMemoryError) {
        let ring = try SharedRing(
            format.parameters(capacity: capacity, byteCount: byteCount, largeByteCount: largeByteCount))
        let tokens: (LifeToken, LifeToken)
        do { tokens = try LifeToken.pair() } catch { throw .system(error) }
        sender = Sender(format, RingEnd(.sending, of: ring, token: tokens.0))
        receiver = Receiver(format, RingEnd(.receiving, of: ring, token: tokens.1))
    }

    fileprivate init(sender: Sender, receiver: Receiver) {
        self.sender = sender
        self.receiver = receiver
    }

    /// How many elements may be in the queue at once.
    public var capacity: Int { sender.capacity }

    /// How many elements there are; with others at work the past by the time it is read.
    public var count: Int { sender.count }

    /// Whether there is nothing to receive, at this moment.
    public var isEmpty: Bool { count == 0 }

    /// Whether there are as many elements as the capacity allows, at this moment. A queue for elements of any size may be out
    /// of room before that.
    public var isFull: Bool { count == capacity }

    /// Ends the conversation for everybody: sends fail with `.finished`, receivers get what is there and then nil.
    public func finish() { sender.finish() }
}

extension SharedQueue {
    /// The sending half of a shared queue: travels by itself.
    public struct Sender: Sendable {
        @usableFromInline let format: QueueFormat<Element>
        @usableFromInline let end: RingEnd

        init(_ format: QueueFormat<Element>, _ end: RingEnd) {
            self.format = format
            self.end = end
        }

        /// How many elements may be in the queue at once.
        public var capacity: Int { end.ring.capacity }

        /// How many elements there are; with others at work the past by the time it is read.
        public var count: Int { end.ring.count }

        /// Ends the conversation for everybody: sends fail with `.finished`, receivers get what is there and then nil.
        public func finish() { end.ring.finish() }
    }

    /// The receiving half of a shared queue: travels by itself. As a sequence it ends when the queue does.
    public struct Receiver: Sendable {
        @usableFromInline let format: QueueFormat<Element>
        @usableFromInline let end: RingEnd

        init(_ format: QueueFormat<Element>, _ end: RingEnd) {
            self.format = format
            self.end = end
        }

        /// How many elements may be in the queue at once.
        public var capacity: Int { end.ring.capacity }

        /// How many elements there are; with others at work the past by the time it is read.
        public var count: Int { end.ring.count }

        /// Whether there is nothing to receive, at this moment.
        public var isEmpty: Bool { count == 0 }
    }
}

// MARK: How they travel

private enum QueueKeys: CodingKey { case memory, sending, receiving }

/// What is common to all that travel with a ring's memory.
private func encode(
    _ ends: [(QueueKeys, RingEnd)], to encoder: any Encoder
) throws {
    var container = encoder.container(keyedBy: QueueKeys.self)
    for (key, end) in ends {
        if key == ends.first?.0 { try container.encode(end.ring.descriptor, forKey: .memory) }
        try container.encode(end.descriptor, forKey: key)
    }
}

private func decodeRing(_ container: KeyedDecodingContainer<QueueKeys>) throws -> SharedRing {
    try SharedRing(adopting: container.decode(DescriptorHandle.self, forKey: .memory))
}

private func decodeEnd(
    _ side: RingEnd.Side, of ring: SharedRing, _ container: KeyedDecodingContainer<QueueKeys>
) throws -> RingEnd {
    let key = side == .sending ? QueueKeys.sending : .receiving
    let token = LifeToken(adopting: try container.decode(DescriptorHandle.self, forKey: key))
    return RingEnd(side, of: ring, token: token)
}

extension SharedQueue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: QueueKeys.self)
        let ring = try decodeRing(container)
        let format = try QueueFormat<Element>(of: ring)
        self.init(
            sender: Sender(format, try decodeEnd(.sending, of: ring, container)),
            receiver: Receiver(format, try decodeEnd(.receiving, of: ring, container)))
    }

    public func encode(to encoder: any Encoder) throws {
        try Multiprocessing.encode([(.sending, sender.end), (.receiving, receiver.end)], to: encoder)
    }
}

extension SharedQueue.Sender: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: QueueKeys.self)
        let ring = try decodeRing(container)
        self.init(try QueueFormat(of: ring), try decodeEnd(.sending, of: ring, container))
    }

    public func encode(to encoder: any Encoder) throws {
        try Multiprocessing.encode([(.sending, end)], to: encoder)
    }
}

extension SharedQueue.Receiver: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: QueueKeys.self)
        let ring = try decodeRing(container)
        self.init(try QueueFormat(of: ring), try decodeEnd(.receiving, of: ring, container))
    }

    public func encode(to encoder: any Encoder) throws {
        try Multiprocessing.encode([(.receiving, end)], to: encoder)
    }
}
