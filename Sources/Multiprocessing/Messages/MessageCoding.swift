// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How values of one type become the bytes of a message, and back.
///
/// Both sides are the same program, so the format is not made to be stored or to be read by other programs.
/// Bytes that were made for another type, or for the same type of another size, are refused on decoding.
public struct MessageCoding<Value: Sendable>: Sendable {
    /// Without attachments the bytes are all there is, and a handle is refused; so are descriptors in reading.
    @usableFromInline let append: @Sendable (Value, inout [UInt8], Attachments?) throws -> Void
    @usableFromInline let read: @Sendable (ArraySlice<UInt8>, ReceivedDescriptors?) throws -> Value
    @usableFromInline let format: MessageFormat
    /// What stands before a value that travels as its bytes; nil for every other coding. Who knows it need not call
    /// `append` and `read`, and can code many values in a row.
    @usableFromInline let mark: TypeMark?

    /// A format of your own: `encode` answers the value's bytes, `decode` gets exactly these. It carries no handles.
    ///
    /// What either throws fails the one piece of work, or the one message, at that point.
    public init(
        encode: @escaping @Sendable (Value) throws -> [UInt8],
        decode: @escaping @Sendable (ArraySlice<UInt8>) throws -> Value
    ) {
        append = { value, buffer, _ in buffer += try encode(value) }
        read = { bytes, _ in try decode(bytes) }
        format = .own
        mark = nil
    }

    @inlinable init(
        _ format: MessageFormat, mark: TypeMark? = nil,
        append: @escaping @Sendable (Value, inout [UInt8], Attachments?) throws -> Void,
        read: @escaping @Sendable (ArraySlice<UInt8>, ReceivedDescriptors?) throws -> Value
    ) {
        self.append = append
        self.read = read
        self.format = format
        self.mark = mark
    }

    /// Appends the value to a message that carries handles.
    @inlinable func encode(_ value: Value, into message: inout MessageBody) throws {
        // One that refers to nothing needs nobody to collect its handles.
        if format == .bytes { return try append(value, &message.bytes, nil) }
        let attachments = Attachments()
        try append(value, &message.bytes, attachments)
        message.handles += attachments.handles
    }

    /// Makes the value from exactly what `encode` appended.
    @inlinable func decode(_ message: ReceivedBody) throws -> Value { try read(message.bytes, message.descriptors) }

    /// Appends the value's bytes to something that carries no handles.
    func encode(_ value: Value, into buffer: inout [UInt8]) throws { try append(value, &buffer, nil) }

    /// Makes the value from exactly the bytes that `encode` appended.
    func decode(_ bytes: ArraySlice<UInt8>) throws -> Value { try read(bytes, nil) }
}

extension MessageCoding where Value: Codable {
    /// The compact binary coder, for any `Codable` value, handles in it included.
    ///
    /// Reference cycles are not supported (as by any `Codable` coder); nesting is limited to 512 levels, and handles
    /// to 250.
    public static func codable() -> MessageCoding {
        MessageCoding(
            .codable,
            append: { value, buffer, attachments in
                try MessageEncoder.encode(value, into: &buffer, attachments: attachments)
            },
            read: { bytes, descriptors in
                try MessageDecoder.decode(Value.self, from: bytes, descriptors: descriptors)
            })
    }
}

extension MessageCoding where Value: BitwiseCopyable {
    /// The value's memory itself, marked with its type and size.
    ///
    /// Pointers inside the value would arrive as numbers without meaning: do not send any.
    public static func bytes() -> MessageCoding {
        // Not inlinable: compiled for a type without a size in another module, the closures are called with other
        // arguments than they expect (Swift 6.3) and copy from anywhere.
        let mark = TypeMark(Value.self)
        return MessageCoding(
            .bytes, mark: mark,
            append: { value, buffer, _ in
                mark.append(to: &buffer)
                // BitwiseCopyable: the bytes are the value. Read only, within the closure.
                unsafe withUnsafeBytes(of: value) { unsafe buffer.append(contentsOf: $0) }
            },
            read: { bytes, _ in
                let body = try mark.check(bytes)
                // BitwiseCopyable, of the checked size and type; the slice may lie unaligned.
                return unsafe body.withUnsafeBytes { unsafe $0.loadUnaligned(as: Value.self) }
            })
    }
}

extension MessageCoding where Value == [UInt8] {
    /// The bytes themselves, with nothing around them: any bytes are a value.
    public static func raw() -> MessageCoding {
        MessageCoding(.raw, append: { value, buffer, _ in buffer += value }, read: { bytes, _ in Array(bytes) })
    }
}

/// What stands before a value that travels as its bytes: enough to refuse bytes that were not made for its type.
@usableFromInline struct TypeMark: Sendable {
    let size: Int
    let hash: UInt64
    private let name: String

    init<Value>(_ type: Value.Type) {
        size = MemoryLayout<Value>.size
        name = _typeName(type)
        // FNV-1a of the qualified name: stable over processes, unlike the standard library's seeded hashing.
        hash = _typeName(type).utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    @usableFromInline func append(to buffer: inout [UInt8]) {
        // The number's own bytes, read only.
        unsafe withUnsafeBytes(of: hash.littleEndian) { unsafe buffer.append(contentsOf: $0) }
    }

    /// The bytes after the mark, or an error that says what did not fit.
    func check(_ bytes: ArraySlice<UInt8>) throws(MessageCodingError) -> ArraySlice<UInt8> {
        guard bytes.count >= 8 else { throw .truncated }
        guard LittleEndian.wide(bytes, bytes.startIndex) == hash else { throw .wrongType(expected: name) }
        guard bytes.count == 8 + size else { throw .wrongSize(type: name, expected: size, found: bytes.count - 8) }
        return bytes.dropFirst(8)
    }
}

extension TypeMark {
    /// How many bytes a marked value takes.
    var byteCount: Int { 8 + size }

    /// Where the value itself is in bytes that hold a marked one.
    @usableFromInline func find(in bytes: ArraySlice<UInt8>, _ range: Range<Int>) throws(MessageCodingError) -> Int {
        guard range.count == byteCount, LittleEndian.wide(bytes, range.lowerBound) == hash else {
            return try check(bytes[range]).startIndex
        }
        return range.lowerBound + 8
    }
}

/// Why bytes could not be made into a value, beyond what a type's own `init(from:)` throws.
public enum MessageCodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes end too early.
    case truncated
    /// There are bytes after the value's end.
    case trailingBytes(Int)
    /// A byte that begins no value.
    case unknownMark(UInt8)
    /// The bytes were made for another type.
    case wrongType(expected: String)
    /// The bytes are not as many as the type has.
    case wrongSize(type: String, expected: Int, found: Int)
    /// Containers are nested more deeply than this coder follows.
    case nestedTooDeeply(limit: Int)
    /// Not as many descriptors came with the message as it says.
    case wrongHandleCount

    public var description: String {
        switch self {
        case .truncated: "the message ends in the middle of a value"
        case .trailingBytes(let count): "the message has \(count) bytes after its value"
        case .unknownMark(let byte): "the message has a value that begins with the unknown mark \(byte)"
        case .wrongType(let expected): "the message holds another type than \(expected)"
        case .wrongSize(let type, let expected, let found):
            "the message holds \(found) bytes for \(type), which has \(expected)"
        case .wrongHandleCount: "the message came with another number of descriptors than it says"
        case .nestedTooDeeply(let limit): "the value is nested more than \(limit) levels deep"
        }
    }
}
