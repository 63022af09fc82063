// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One message between a parent and its worker: a head of 16 bytes, then the payload.
///
/// Head: mark "m", kind, number of descriptors that travel beside it, version (1 byte each), tag (4), length of the
/// payload (8); little-endian. Over a socket the descriptors go with the frame's first byte; through shared memory they
/// go over the socket before the frame is published. Both sides are the same program, so the version guards against
/// a mistake, not against another release.
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
        /// Worker to parent: words for the parent that are no answer.
        case notice = 5
        /// Parent to worker: go on in this memory, whose descriptor and bell come with it. No payload.
        case memory = 6
        /// Worker to parent: the work with this tag was taken back before it began. No payload.
        case passed = 7
        /// Parent to worker: several works of one type. Payload: count (4), then as in `work`, each work with its length
        /// (4) before it. Each is answered by itself, in order, under the frame's tag.
        case parcel = 8
        /// Parent to worker, before the first work: the surroundings to work in (`SettingsFrame`).
        case settings = 32
        /// Parent to a fork server's worker, before anything else: its standard streams (`StreamsFrame`).
        case streams = 33
    }

    struct Head {
        var kind: Kind
        var tag: UInt32 = 0
        var length: Int
        var handleCount: Int
    }

    static let headSize = 16
    private static let mark: UInt8 = 0x6d
    private static let version: UInt8 = 3

    /// Begins a frame; its payload is appended, then `finish` writes the counts.
    static func begin(_ kind: Kind) -> MessageBody {
        var frame = MessageBody()
        frame.bytes.reserveCapacity(64)
        frame.bytes += [mark, kind.rawValue, 0, version, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        return frame
    }

    /// A whole frame without a payload.
    static func empty(_ kind: Kind, tag: UInt32 = 0) -> MessageBody {
        var frame = begin(kind)
        setTag(tag, of: &frame)
        return frame
    }

    static func finish(_ frame: inout MessageBody, tag: UInt32 = 0) {
        // A message holds at most 250 handles.
        frame.bytes[2] = UInt8(truncatingIfNeeded: frame.handles.count)
        let length = UInt64(frame.bytes.count - headSize).littleEndian
        // Eight bytes of the head, which is there.
        unsafe frame.bytes.withUnsafeMutableBytes { unsafe $0.storeBytes(of: length, toByteOffset: 8, as: UInt64.self) }
        if tag != 0 { setTag(tag, of: &frame) }
    }

    /// Which piece of work the frame is about, in its conversation.
    static func setTag(_ tag: UInt32, of frame: inout MessageBody) {
        // Four bytes of the head, which is there.
        unsafe frame.bytes.withUnsafeMutableBytes {
            unsafe $0.storeBytes(of: tag.littleEndian, toByteOffset: 4, as: UInt32.self)
        }
    }

    /// Reads a head; nil when it is none, which means that the conversation cannot go on.
    static func head(_ bytes: ArraySlice<UInt8>) -> Head? {
        guard bytes.count == headSize else { return nil }
        // Sixteen bytes, as just checked; they may lie unaligned.
        return unsafe bytes.withUnsafeBytes { bytes in
            let kind = unsafe Kind(rawValue: bytes[1])
            let count = unsafe Int(bytes[2])
            let length = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            guard unsafe bytes[0] == mark, unsafe bytes[3] == version, let kind,
                count <= DescriptorTransfer.mostAtOnce, let length = Int(exactly: length)
            else { return nil }
            let tag = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            return Head(kind: kind, tag: tag, length: length, handleCount: count)
        }
    }
}

/// A frame as it was received.
struct ReceivedFrame: Sendable {
    let kind: Frame.Kind
    var tag: UInt32 = 0
    let payload: ReceivedBody
    /// How many outputs of one parcel these are. If more than one, the payload is whole frames, heads included: see
    /// `OutputFrames`.
    var count = 1
}
