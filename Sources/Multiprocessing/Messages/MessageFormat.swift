// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which coding a channel has: what its handles say of it when they travel, since a coding itself cannot.
@usableFromInline enum MessageFormat: UInt8, Sendable {
    case codable = 1
    case bytes = 2
    case raw = 3
    case own = 4
}

extension MessageCoding {
    /// The coding of a handle that has come. The type decides whether it can be: what the handle says is not believed.
    static func received(_ format: MessageFormat) throws(HandleCodingError) -> MessageCoding {
        let found: MessageCoding? =
            switch format {
            case .codable: runtimeCodable
            case .bytes: runtimeBytes
            case .raw: MessageCoding<[UInt8]>.raw() as? MessageCoding
            case .own: unknown
            }
        guard let found else { throw .wrongKind(expected: "a channel of \(_typeName(Value.self))") }
        return found
    }

    /// The best coding for a type that is `Codable`, chosen when the program runs.
    static func best() -> MessageCoding where Value: Codable {
        if let raw = MessageCoding<[UInt8]>.raw() as? MessageCoding { return raw }
        return runtimeBytes ?? .codable()
    }

    private static var runtimeCodable: MessageCoding? {
        guard let type = Value.self as? any Codable.Type else { return nil }
        let coder = RuntimeCoder.make(type)
        return MessageCoding(
            .codable, append: { value, buffer, attachments in try coder.encode(value, &buffer, attachments) },
            read: { bytes, descriptors in
                guard let value = try coder.decode(bytes, descriptors) as? Value else {
                    throw MessageCodingError.wrongType(expected: _typeName(Value.self))
                }
                return value
            })
    }

    /// Only for a type without references: then its bytes are the value, as for a `BitwiseCopyable` one.
    private static var runtimeBytes: MessageCoding? {
        guard _isPOD(Value.self) else { return nil }
        let mark = TypeMark(Value.self)
        return MessageCoding(
            .bytes,
            append: { value, buffer, _ in
                mark.append(to: &buffer)
                // Without references the bytes are the value. Read only, within the closure.
                unsafe withUnsafeBytes(of: value) { unsafe buffer.append(contentsOf: $0) }
            },
            read: { bytes, _ in
                let body = try mark.check(bytes)
                // Of the checked size and type, without references; the place is aligned for it and as large.
                return unsafe withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { place in
                    unsafe UnsafeMutableRawBufferPointer(place).copyBytes(from: body)
                    return unsafe place[0]
                }
            })
    }

    /// A format of the user's own cannot be known here.
    private static var unknown: MessageCoding {
        MessageCoding(
            .own, append: { _, _, _ in throw HandleCodingError.unknownFormat },
            read: { _, _ in throw HandleCodingError.unknownFormat })
    }
}

/// Codes values of a type that is found to be `Codable` only when the program runs.
private protocol RuntimeCoding: Sendable {
    func encode(_ value: Any, _ buffer: inout [UInt8], _ attachments: Attachments?) throws
    func decode(_ bytes: ArraySlice<UInt8>, _ descriptors: ReceivedDescriptors?) throws -> Any
}

// @unchecked: it holds nothing; a type is the same for every thread.
private struct RuntimeCoder<Value: Codable>: RuntimeCoding, @unchecked Sendable {
    func encode(_ value: Any, _ buffer: inout [UInt8], _ attachments: Attachments?) throws {
        guard let value = value as? Value else { throw MessageCodingError.wrongType(expected: _typeName(Value.self)) }
        try MessageEncoder.encode(value, into: &buffer, attachments: attachments)
    }

    func decode(_ bytes: ArraySlice<UInt8>, _ descriptors: ReceivedDescriptors?) throws -> Any {
        try MessageDecoder.decode(Value.self, from: bytes, descriptors: descriptors)
    }
}

extension RuntimeCoder where Value == Never {
    static func make(_ type: any Codable.Type) -> any RuntimeCoding {
        func open<Opened: Codable>(_ type: Opened.Type) -> any RuntimeCoding { RuntimeCoder<Opened>() }
        return open(type)
    }
}
