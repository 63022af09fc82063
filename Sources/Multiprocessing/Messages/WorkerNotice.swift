// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Something that code in a worker process tells its parent while it works: a log message, a step done.
///
/// Sent by `WorkerProcess.post(_:)` and handled by the pool's `WorkCompanions`. It is a message and not a question:
/// nothing comes back. For a conversation, or for more than a few thousand messages a second, put a `Sender` into the
/// work.
///
/// It travels as what it encodes, without handles: no channel's end and no shared memory can be in it.
public protocol WorkerNotice: Codable, Sendable {}

/// A notice on its way: length of the type's name (2), name, encoded notice.
enum NoticeFrame {
    static func make<Notice: WorkerNotice>(_ notice: Notice) throws -> MessageBody {
        var frame = Frame.begin(.notice)
        let name = name(of: Notice.self).utf8
        frame.bytes.append(UInt8(truncatingIfNeeded: name.count))
        frame.bytes.append(UInt8(truncatingIfNeeded: name.count >> 8))
        frame.bytes += name
        try MessageEncoder.encode(notice, into: &frame.bytes)
        Frame.finish(&frame)
        return frame
    }

    /// The name of the notice's type and its encoded value; nil for bytes that are no notice.
    static func read(_ bytes: ArraySlice<UInt8>) -> (name: String, value: ArraySlice<UInt8>)? {
        guard bytes.count >= 2 else { return nil }
        let length = Int(bytes[bytes.startIndex]) | Int(bytes[bytes.startIndex + 1]) << 8
        let rest = bytes.dropFirst(2)
        guard rest.count >= length else { return nil }
        return (String(decoding: rest.prefix(length), as: UTF8.self), rest.dropFirst(length))
    }

    /// Only compared, never looked up as a type.
    static func name(of type: any WorkerNotice.Type) -> String { _typeName(type) }
}
