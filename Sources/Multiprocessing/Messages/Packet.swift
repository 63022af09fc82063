// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One message of a channel: a head of 16 bytes, then the body, or its beginning.
///
/// Head: mark "mp" and version (3 bytes), kind (1), number of descriptors beside it (4), length of the whole body (8);
/// little-endian. The kernel keeps packets whole and apart, whoever else sends into the same socket.
enum Packet {
    enum Kind: UInt8 {
        /// The body follows.
        case whole = 0x11
        /// The first `mostBytes` of the body follow; the rest is in the sealed memory file that is the first
        /// descriptor. What is in the packet counts towards the socket's room, so a sender of large messages is held up
        /// like any other when nobody receives.
        case begun = 0x12
    }

    struct Head {
        var kind: Kind
        var length: Int
        var descriptorCount: Int
    }

    static let headSize = 16
    /// Of a body in one packet.
    static let mostBytes = 64 << 10
    /// Of a rest for which it is worth looking whether there is memory.
    private static let largeRest = 16 << 20
    private static let mark: [UInt8] = [0x6d, 0x70, 2]
    static let seals: MemoryFile.Seals = [.shrink, .grow, .futureWrites]

    /// The head is written by `finish`.
    static func begin() -> MessageBody { MessageBody(bytes: [UInt8](repeating: 0, count: headSize)) }

    /// Makes a body behind `begin` a packet that can be sent.
    static func finish(_ message: inout MessageBody) throws(SystemError) {
        let length = message.bytes.count - headSize
        if length <= mostBytes { return writeHead(.whole, length, &message) }
        let file = try memory(of: message.bytes[(headSize + mostBytes)...])
        message.bytes.removeLast(length - mostBytes)
        message.handles.insert(file.descriptor, at: 0)
        writeHead(.begun, length, &message)
    }

    /// The same of bytes that are the body themselves, which saves copying large ones.
    static func make(of body: [UInt8]) throws(SystemError) -> MessageBody {
        var message = begin()
        message.bytes += body.prefix(mostBytes)
        guard body.count > mostBytes else {
            writeHead(.whole, body.count, &message)
            return message
        }
        message.handles = [try memory(of: body[mostBytes...]).descriptor]
        writeHead(.begun, body.count, &message)
        return message
    }

    private static func memory(of bytes: ArraySlice<UInt8>) throws(SystemError) -> MemoryFile {
        if bytes.count >= largeRest { try AvailableMemory.check(bytes.count, for: "send \(bytes.count) bytes") }
        let file = try MemoryFile(named: "message")
        // Read only, within the closure.
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(SystemError) in
            try unsafe file.write(UnsafeRawBufferPointer(bytes), at: 0)
        }
        try file.seal([seals, .seals])
        return file
    }

    private static func writeHead(_ kind: Kind, _ length: Int, _ message: inout MessageBody) {
        for (index, byte) in (mark + [kind.rawValue]).enumerated() { message.bytes[index] = byte }
        let count = UInt32(message.handles.count)
        for index in 0..<4 { message.bytes[4 + index] = UInt8(truncatingIfNeeded: count >> UInt32(8 * index)) }
        let wide = UInt64(length)
        for index in 0..<8 { message.bytes[8 + index] = UInt8(truncatingIfNeeded: wide >> UInt64(8 * index)) }
    }

    /// Reads a head; nil when it is none.
    static func head(_ bytes: UnsafeRawBufferPointer) -> Head? {
        // In bounds by the first check.
        guard bytes.count >= headSize, unsafe mark.elementsEqual(bytes.prefix(3)),
            let kind = unsafe Kind(rawValue: bytes[3])
        else { return nil }
        let count = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let length = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        guard let length = Int(exactly: length) else { return nil }
        return Head(kind: kind, length: length, descriptorCount: Int(count))
    }

    /// Makes the message of a packet that came; nothing of what it says is believed unchecked.
    static func message(
        _ packet: UnsafeRawBufferPointer, _ descriptors: ReceivedDescriptors
    ) throws(PacketError) -> ReceivedBody {
        // The caller's buffer, used within the call only.
        guard let head = unsafe head(packet) else { throw .coding(.unknownMark(unsafe packet.first ?? 0)) }
        let came = descriptors.handles.count
        guard came == head.descriptorCount || (came < head.descriptorCount && descriptors.areIncomplete) else {
            throw .coding(.wrongHandleCount)
        }
        let present = unsafe UnsafeRawBufferPointer(rebasing: packet.dropFirst(headSize))
        switch head.kind {
        case .whole:
            guard present.count == head.length else { throw .coding(.truncated) }
            return unsafe ReceivedBody(bytes: [UInt8](present)[...], descriptors: descriptors)
        case .begun:
            guard present.count == mostBytes, head.length > mostBytes else { throw .coding(.truncated) }
            return unsafe try wholeBody(present, head.length, descriptors)
        }
    }

    private static func wholeBody(
        _ beginning: UnsafeRawBufferPointer, _ length: Int, _ descriptors: ReceivedDescriptors
    ) throws(PacketError) -> ReceivedBody {
        var descriptors = descriptors
        guard !descriptors.handles.isEmpty else { throw .handle(descriptors.lost(0)) }
        let file = MemoryFile(adopting: descriptors.handles.removeFirst())
        let rest = length - beginning.count
        guard file.seals.isSuperset(of: seals) else { throw .handle(.wrongKind(expected: "a sealed memory file")) }
        let (size, reserved) = try byteCounts(of: file, for: rest)
        // Reserved, too: a file may be large with nothing in it, and then nobody has paid for what we would take.
        guard size == rest, reserved >= rest else { throw .coding(.truncated) }
        // As above.
        return ReceivedBody(bytes: unsafe try bytes(beginning, rest, in: file)[...], descriptors: descriptors)
    }

    private static func byteCounts(
        of file: MemoryFile, for byteCount: Int
    ) throws(PacketError) -> (size: Int, reserved: Int) {
        do {
            // Or the system would end some process when the array is filled.
            if byteCount >= largeRest { try AvailableMemory.check(byteCount, for: "receive \(byteCount) bytes") }
            return try file.byteCounts()
        } catch {
            throw .system(error)
        }
    }

    private static func bytes(
        _ beginning: UnsafeRawBufferPointer, _ rest: Int, in file: MemoryFile
    ) throws(PacketError) -> [UInt8] {
        var failure: PacketError?
        // Both parts are written before the count is set; the parts add up to the capacity.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: beginning.count + rest) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            unsafe target.copyMemory(from: beginning)
            let end = unsafe UnsafeMutableRawBufferPointer(rebasing: target[beginning.count..<beginning.count + rest])
            do throws(SystemError) {
                let isWhole = unsafe try file.read(into: end, at: 0)
                if isWhole { count = beginning.count + rest } else { failure = .coding(.truncated) }
            } catch {
                failure = .system(error)
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// Why a packet is no message.
enum PacketError: Error {
    case coding(MessageCodingError)
    case handle(HandleCodingError)
    case system(SystemError)

    /// As it is shown.
    var reason: any Error {
        switch self {
        case .coding(let error): error
        case .handle(let error): error
        case .system(let error): error
        }
    }
}
