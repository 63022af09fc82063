// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A value on its way between a `Codable` type and the bytes of a message.
///
/// The format: one mark, then the body. Integers are variable-length (7 bits a byte, signed ones zigzag),
/// floating-point values their bit pattern in little-endian order, strings and byte arrays their length and bytes,
/// containers their count and members. It describes itself, so that a decoder may ask in any order and be told when it
/// is wrong.
enum MessageValue {
    case null
    case bool(Bool)
    case signed(Int64)
    case unsigned(UInt64)
    case float(UInt32)
    case double(UInt64)
    case string(String)
    case bytes(ArraySlice<UInt8>)
    case list(ListBox)
    case record(RecordBox)

    /// Containers are references, because a `Codable` type may fill several at the same time.
    final class ListBox {
        var members: [MessageValue] = []
    }

    final class RecordBox {
        var members: [(key: String, value: MessageValue)] = []
        private var places: [String: Int] = [:]
        private static let fewMembers = 16

        /// The latest value of the key. A search of the few fields that a type has; a dictionary may have very many.
        subscript(key: String) -> MessageValue? {
            if members.count <= Self.fewMembers { return members.last { $0.key == key }?.value }
            if places.isEmpty {
                // Only of a record that was read, to which no members are added any more.
                places = Dictionary(members.indices.map { (members[$0].key, $0) }, uniquingKeysWith: { max($0, $1) })
            }
            return places[key].map { members[$0].value }
        }
    }

    /// Deeper values than this are refused rather than followed to the end of the stack.
    static let mostLevels = 512
}

private enum Mark: UInt8 {
    case null, no, yes, signed, unsigned, float, double, string, bytes, list, record
}

// MARK: Writing

extension MessageValue {
    func append(to buffer: inout [UInt8]) {
        switch self {
        case .null: buffer.append(Mark.null.rawValue)
        case .bool(let value): buffer.append((value ? Mark.yes : Mark.no).rawValue)
        case .signed(let value):
            buffer.append(Mark.signed.rawValue)
            Self.append(UInt64(bitPattern: value << 1 ^ value >> 63), to: &buffer)
        case .unsigned(let value):
            buffer.append(Mark.unsigned.rawValue)
            Self.append(value, to: &buffer)
        case .float(let bits): Self.append(.float, fixed: bits, to: &buffer)
        case .double(let bits): Self.append(.double, fixed: bits, to: &buffer)
        case .string(let text): Self.append(.string, counted: text.utf8, to: &buffer)
        case .bytes(let bytes): Self.append(.bytes, counted: bytes, to: &buffer)
        case .list(let box):
            buffer.append(Mark.list.rawValue)
            Self.append(UInt64(box.members.count), to: &buffer)
            for member in box.members { member.append(to: &buffer) }
        case .record(let box):
            buffer.append(Mark.record.rawValue)
            Self.append(UInt64(box.members.count), to: &buffer)
            for (key, value) in box.members {
                Self.append(UInt64(key.utf8.count), to: &buffer)
                buffer += key.utf8
                value.append(to: &buffer)
            }
        }
    }

    private static func append(_ value: UInt64, to buffer: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        buffer.append(UInt8(rest))
    }

    private static func append(_ mark: Mark, fixed value: some FixedWidthInteger, to buffer: inout [UInt8]) {
        buffer.append(mark.rawValue)
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            buffer.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func append(_ mark: Mark, counted bytes: some Collection<UInt8>, to buffer: inout [UInt8]) {
        buffer.append(mark.rawValue)
        append(UInt64(bytes.count), to: &buffer)
        buffer += bytes
    }
}

// MARK: Reading

/// Reads values from the front of a message.
struct MessageReader {
    private var rest: ArraySlice<UInt8>
    private var level = 0

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The one value that the whole message is.
    static func value(of bytes: ArraySlice<UInt8>) throws(MessageCodingError) -> MessageValue {
        var reader = MessageReader(bytes)
        let value = try reader.next()
        if !reader.rest.isEmpty { throw .trailingBytes(reader.rest.count) }
        return value
    }

    private mutating func next() throws(MessageCodingError) -> MessageValue {
        let byte = try take()
        guard let mark = Mark(rawValue: byte) else { throw .unknownMark(byte) }
        switch mark {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .signed:
            let value = try integer()
            return .signed(Int64(bitPattern: value >> 1) ^ -Int64(value & 1))
        case .unsigned: return .unsigned(try integer())
        case .float: return .float(try fixed())
        case .double: return .double(try fixed())
        case .string: return .string(String(decoding: try counted(), as: UTF8.self))
        case .bytes: return .bytes(try counted())
        case .list: return .list(try list())
        case .record: return .record(try record())
        }
    }

    private mutating func list() throws(MessageCodingError) -> MessageValue.ListBox {
        try descend()
        defer { level -= 1 }
        let box = MessageValue.ListBox()
        // No reservation: the count comes from the message, the room from what is really there.
        for _ in 0..<(try integer()) { box.members.append(try next()) }
        return box
    }

    private mutating func record() throws(MessageCodingError) -> MessageValue.RecordBox {
        try descend()
        defer { level -= 1 }
        let box = MessageValue.RecordBox()
        for _ in 0..<(try integer()) {
            let key = String(decoding: try counted(), as: UTF8.self)
            box.members.append((key, try next()))
        }
        return box
    }

    private mutating func descend() throws(MessageCodingError) {
        level += 1
        if level > MessageValue.mostLevels { throw .nestedTooDeeply(limit: MessageValue.mostLevels) }
    }

    private mutating func take() throws(MessageCodingError) -> UInt8 {
        guard let byte = rest.popFirst() else { throw .truncated }
        return byte
    }

    private mutating func integer() throws(MessageCodingError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try take()
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw .truncated
    }

    private mutating func fixed<Value: FixedWidthInteger>() throws(MessageCodingError) -> Value {
        var value: Value = 0
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            value |= Value(truncatingIfNeeded: try take()) << shift
        }
        return value
    }

    private mutating func counted() throws(MessageCodingError) -> ArraySlice<UInt8> {
        guard let count = Int(exactly: try integer()), count <= rest.count else { throw .truncated }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
