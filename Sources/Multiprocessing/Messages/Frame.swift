// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One message between a parent and its worker: a head of 16 bytes, then the payload.
///
/// Head: mark "mp" and version (3 bytes), kind (1), number of descriptors that travel beside it (4), length of the
/// payload (8); little-endian. The descriptors go with the frame's first byte. Both sides are the same program, so the
/// version guards against a mistake, not against another release.
enum Frame {
    enum Kind: UInt8 {
        /// Parent to worker: do this. Payload: length of the type's name (2), name, encoded work. With the length's
        /// highest bit set, words that travel beside the work stand before it: their length (4), coded words.
        case work = 1
        /// Parent to worker: end in good order. No payload.
        case stop = 2
        /// Worker to parent: the encoded output.
        case output = 3
        /// Worker to parent: the work threw, or could not be decoded, or its output not be encoded: a coded
        /// `RemoteFailure`.
        case failure = 4
        /// Worker to parent, at any time: a notice. Payload: length of the type's name (2), name, encoded notice.
        case notice = 5
    }

    struct Head {
        var kind: Kind
        var length: Int
        var handleCount: Int
    }

    static let headSize = 16
    private static let mark: [UInt8] = [0x6d, 0x70, 2]

    /// Begins a frame; its payload is appended, then `finish` writes the counts.
    static func begin(_ kind: Kind) -> MessageBody {
        MessageBody(bytes: mark + [kind.rawValue] + [UInt8](repeating: 0, count: headSize - 4))
    }

    /// A whole frame without a payload.
    static func empty(_ kind: Kind) -> MessageBody { begin(kind) }

    static func finish(_ frame: inout MessageBody) {
        let count = UInt32(frame.handles.count)
        let length = UInt64(frame.bytes.count - headSize)
        for index in 0..<4 { frame.bytes[4 + index] = UInt8(truncatingIfNeeded: count >> UInt32(8 * index)) }
        for index in 0..<8 { frame.bytes[8 + index] = UInt8(truncatingIfNeeded: length >> UInt64(8 * index)) }
    }

    /// Reads a head; nil when it is none, which means that the conversation cannot go on.
    static func head(_ bytes: ArraySlice<UInt8>) -> Head? {
        guard bytes.count == headSize, bytes.starts(with: mark), let kind = Kind(rawValue: bytes[bytes.startIndex + 3])
        else { return nil }
        let count = bytes.dropFirst(4).prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let length = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count <= DescriptorTransfer.mostAtOnce, let length = Int(exactly: length) else { return nil }
        return Head(kind: kind, length: length, handleCount: Int(count))
    }
}

/// A frame as it was received.
struct ReceivedFrame: Sendable {
    let kind: Frame.Kind
    let payload: ReceivedBody
}

/// Puts frames together from the bytes of a stream, however they are cut, and gives each its descriptors.
///
/// The descriptors of a frame come all at once, at the latest with its first byte, so those of several frames are in
/// the order of these. Where exactly between the bytes they came, a receiver cannot know and need not.
struct FrameAssembler {
    private var buffer: [UInt8] = []
    private var start = 0
    /// Those that no frame has been given yet.
    private var arrivals: [ReceivedDescriptors] = []

    /// Whether the stream may end here without loss.
    var isBetweenFrames: Bool { start == buffer.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer, with descriptors: ReceivedDescriptors? = nil) {
        // What has been handed out must not pile up in a stream that never pauses between two frames.
        if start > 0, start >= buffer.count - start {
            buffer.removeFirst(start)
            start = 0
        }
        // Copied here; the caller's buffer is used again.
        unsafe buffer.append(contentsOf: bytes)
        if let descriptors { arrivals.append(descriptors) }
    }

    /// The next whole frame, or nil until more bytes have come.
    mutating func next() throws(MessageCodingError) -> ReceivedFrame? {
        guard buffer.count - start >= Frame.headSize else {
            // Whatever came has come with or before a byte of its frame.
            if isBetweenFrames, !arrivals.isEmpty { throw .wrongHandleCount }
            return nil
        }
        guard let head = Frame.head(buffer[start..<start + Frame.headSize]) else { throw .unknownMark(buffer[start]) }
        let first = start + Frame.headSize
        guard buffer.count - first >= head.length else { return nil }
        let payload = ReceivedBody(bytes: buffer[first..<first + head.length], descriptors: try descriptors(head))
        start = first + head.length
        if start == buffer.count {
            // The payload keeps the old storage; a new one begins with the next bytes.
            buffer = []
            start = 0
        }
        return ReceivedFrame(kind: head.kind, payload: payload)
    }

    private mutating func descriptors(_ head: Frame.Head) throws(MessageCodingError) -> ReceivedDescriptors {
        if head.handleCount == 0 { return ReceivedDescriptors() }
        guard let next = arrivals.first, next.handles.count <= head.handleCount,
            next.handles.count == head.handleCount || next.areIncomplete
        else { throw .wrongHandleCount }
        return arrivals.removeFirst()
    }
}
