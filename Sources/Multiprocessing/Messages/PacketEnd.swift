// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One end of a socket that keeps messages apart: what senders and receivers of every type have in common.
///
/// The socket is shared with the copies of this end in other processes; its other side ends for them when the last copy
/// of this one is closed, however that happens. All copies of a handle in this process share one `PacketEnd`.
final class PacketEnd: Sendable {
    enum Sent: Sendable {
        case done
        /// Nobody can receive it any more.
        case disconnected
        /// This end was closed here.
        case closed
        case noRoom, timedOut, cancelled
        case failed(SystemError)
    }

    enum Received: Sendable {
        case message(ReceivedBody)
        /// Something came that is no message.
        case notAMessage(PacketError)
        /// Nobody can send any more, or this end was closed here.
        case ended
        case nothing, timedOut, cancelled
    }

    /// Nobody sleeps longer without looking whether this end was closed meanwhile.
    private static let longestSleep: Int64 = 100_000_000

    private let state: Mutex<DescriptorHandle?>

    init(_ handle: DescriptorHandle) { state = Mutex(handle) }

    private init(closed: Void) { state = Mutex(nil) }

    static func pair() throws(SystemError) -> (PacketEnd, PacketEnd) {
        let pair = try PacketSocket.pair()
        let (first, second) = pair.handles()
        return (PacketEnd(first), PacketEnd(second))
    }

    /// nil once closed. Who uses it holds it, so that its number stays what it is.
    var handle: DescriptorHandle? { state.withLock(\.self) }

    /// Another one of the same side.
    func duplicate() throws(SystemError) -> PacketEnd {
        guard let handle else { return PacketEnd(closed: ()) }
        return PacketEnd(try DescriptorHandle(duplicating: handle.number))
    }

    func close() {
        let handle = state.withLock { state in
            defer { state = nil }
            return state
        }
        // Tasks that wait hold it: they look, and let go.
        if let handle { DescriptorWatcher.lookAgain(at: handle) }
    }

    // MARK: Sending

    func trySend(_ packet: MessageBody) -> Sent {
        guard let handle else { return .closed }
        do {
            // Read only, within the closure.
            let sent = try unsafe packet.bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
                try unsafe DescriptorTransfer.send(
                    UnsafeRawBufferPointer(bytes), with: packet.handles, over: handle.number, waits: false)
            }
            // The kernel sends a packet whole or not at all.
            return sent == packet.bytes.count
                ? .done : .failed(SystemError("send a message whole", code: SystemError.brokenProtocol))
        } catch {
            if error.isEndOfConversation { return .disconnected }
            return error.isNoRoomNow ? .noRoom : .failed(error)
        }
    }

    func send(
        _ packet: MessageBody, until deadline: Deadline, isolation: isolated (any Actor)? = #isolation
    ) async -> Sent {
        while true {
            let sent = trySend(packet)
            guard case .noRoom = sent else { return sent }
            guard let handle else { return .closed }
            if Task.isCancelled { return .cancelled }
            if deadline.hasPassed { return .timedOut }
            await DescriptorWatcher.wait(for: handle, .writing, until: deadline)
        }
    }

    func sendBlocking(_ packet: MessageBody, until deadline: Deadline) -> Sent {
        while true {
            let sent = trySend(packet)
            guard case .noRoom = sent else { return sent }
            if deadline.hasPassed { return .timedOut }
            block(.writing, until: deadline)
        }
    }

    // MARK: Receiving

    func tryReceive() -> Received {
        guard let handle else { return .ended }
        // The buffer is the closure's; a message is copied out of it.
        return unsafe withUnsafeTemporaryAllocation(byteCount: Packet.headSize + Packet.mostBytes, alignment: 16) {
            buffer in
            let arrival = unsafe DescriptorTransfer.receive(handle.number, into: buffer, waits: false)
            switch arrival.result {
            case .wouldBlock: return .nothing
            case .ended: return PacketSocket.hasEnded(handle.number) ? .ended : .notAMessage(.coding(.truncated))
            case .moved(let count):
                if arrival.isCut { return .notAMessage(.coding(.trailingBytes(1))) }
                let packet = unsafe UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
                do throws(PacketError) {
                    return .message(unsafe try Packet.message(packet, arrival.descriptors ?? ReceivedDescriptors()))
                } catch {
                    return .notAMessage(error)
                }
            }
        }
    }

    func receive(until deadline: Deadline, isolation: isolated (any Actor)? = #isolation) async -> Received {
        while true {
            let received = tryReceive()
            guard case .nothing = received else { return received }
            guard let handle else { return .ended }
            if Task.isCancelled { return .cancelled }
            if deadline.hasPassed { return .timedOut }
            await DescriptorWatcher.wait(for: handle, .reading, until: deadline)
        }
    }

    func receiveBlocking(until deadline: Deadline) -> Received {
        while true {
            let received = tryReceive()
            guard case .nothing = received else { return received }
            if deadline.hasPassed { return .timedOut }
            block(.reading, until: deadline)
        }
    }

    private func block(_ interest: Interest, until deadline: Deadline) {
        guard let handle else { return }
        let end = min(deadline, .now.advanced(nanoseconds: Self.longestSleep))
        _ = PacketSocket.wait(for: [handle.number], interest, until: end)
    }
}

extension PacketEnd {
    func encode(_ format: MessageFormat, to encoder: any Encoder) throws {
        guard let handle else { throw HandleCodingError.closed }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(handle, forKey: .descriptor)
        try container.encode(format.rawValue, forKey: .format)
    }

    static func decode(from decoder: any Decoder) throws -> (PacketEnd, MessageFormat) {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let handle = try container.decode(DescriptorHandle.self, forKey: .descriptor)
        guard PacketSocket.isOne(handle.number) else {
            throw HandleCodingError.wrongKind(expected: "an end of a channel")
        }
        guard let format = MessageFormat(rawValue: try container.decode(UInt8.self, forKey: .format)) else {
            throw HandleCodingError.wrongKind(expected: "a channel of a format that is known here")
        }
        return (PacketEnd(handle), format)
    }

    private enum CodingKeys: CodingKey { case descriptor, format }
}
