// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One message between a parent and its worker: a head of 16 bytes, then the payload.
///
/// Head: mark "mp" and version (3 bytes), kind (1), four zero bytes, length of the payload (8); little-endian. Both
/// sides are the same program, so the version guards against a mistake, not against another release.
enum Frame {
    enum Kind: UInt8 {
        /// Parent to worker: do this. Payload: length of the type's name (2), name, encoded work.
        case work = 1
        /// Parent to worker: end in good order. No payload.
        case stop = 2
        /// Worker to parent: the encoded output.
        case output = 3
        /// Worker to parent: the work threw, or could not be decoded, or its output not be encoded: a coded
        /// `RemoteFailure`.
        case failure = 4
    }

    static let headSize = 16
    private static let mark: [UInt8] = [0x6d, 0x70, 1]

    /// Begins a frame; its payload is appended, then `finish` writes the length.
    static func begin(_ kind: Kind) -> [UInt8] {
        mark + [kind.rawValue] + [UInt8](repeating: 0, count: headSize - 4)
    }

    /// A whole frame without a payload.
    static func empty(_ kind: Kind) -> [UInt8] { begin(kind) }

    static func finish(_ frame: inout [UInt8]) {
        let length = UInt64(frame.count - headSize)
        for index in 0..<8 { frame[8 + index] = UInt8(truncatingIfNeeded: length >> UInt64(8 * index)) }
    }

    /// Reads a head; nil when it is none, which means that the conversation cannot go on.
    static func head(_ bytes: ArraySlice<UInt8>) -> (kind: Kind, length: Int)? {
        guard bytes.count == headSize, bytes.starts(with: mark), let kind = Kind(rawValue: bytes[bytes.startIndex + 3])
        else { return nil }
        let length = bytes.suffix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: length).map { (kind, $0) }
    }
}

/// Puts frames together from the bytes of a stream, however they are cut.
struct FrameAssembler {
    private var buffer: [UInt8] = []
    private var start = 0

    /// Whether the stream may end here without loss.
    var isBetweenFrames: Bool { start == buffer.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // Copied here; the caller's buffer is used again.
        unsafe buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or nil until more bytes have come.
    mutating func next() throws(MessageCodingError) -> (kind: Frame.Kind, payload: ArraySlice<UInt8>)? {
        guard buffer.count - start >= Frame.headSize else { return nil }
        guard let head = Frame.head(buffer[start..<start + Frame.headSize]) else { throw .unknownMark(buffer[start]) }
        let first = start + Frame.headSize
        guard buffer.count - first >= head.length else { return nil }
        let payload = buffer[first..<first + head.length]
        start = first + head.length
        if start == buffer.count {
            // The payload keeps the old storage; a new one begins with the next bytes.
            buffer = []
            start = 0
        }
        return (head.kind, payload)
    }
}
