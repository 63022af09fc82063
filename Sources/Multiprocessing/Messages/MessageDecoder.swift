// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Makes a `Decodable` value of a message.
enum MessageDecoder {
    /// - Parameter descriptors: What came beside the bytes; nil where nothing can.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: ArraySlice<UInt8>, descriptors: ReceivedDescriptors? = nil
    ) throws -> Value {
        try Source(value: MessageReader.value(of: bytes), codingPath: [], descriptors: descriptors).decode(type)
    }
}

/// One place in a message that was read: what a type's `init(from:)` is handed.
private struct Source: DescriptorSupplier, SingleValueDecodingContainer {
    let value: MessageValue
    let codingPath: [any CodingKey]
    let descriptors: ReceivedDescriptors?

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .record(let box) = value else { throw mismatch([String: Any].self) }
        return KeyedDecodingContainer(RecordSource<Key>(box: box, codingPath: codingPath, descriptors: descriptors))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .list(let box) = value else { throw mismatch([Any].self) }
        return ListSource(box: box, codingPath: codingPath, descriptors: descriptors)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool {
        if case .null = value { true } else { false }
    }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let primitive = try primitive(type) { return primitive }
        return try Value(from: self)
    }

    func descriptor(at index: Int) throws -> DescriptorHandle {
        guard let descriptors else { throw HandleCodingError.notAMessage }
        return try descriptors.handle(at: index)
    }

    private func mismatch(_ type: Any.Type) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "The message holds another kind of value here.")
        return decodeNil() ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    // MARK: Primitives

    /// The value as a type that is written as it is; nil when the type is none of these.
    private func primitive<Value>(_ type: Value.Type) throws -> Value? {
        // In specialized code one line of the chain is left.
        if type == Int.self { return try integer(Int.self) as? Value }
        if type == String.self { return try string() as? Value }
        if type == Bool.self { return try bool() as? Value }
        if type == Double.self { return try double() as? Value }
        if type == Float.self { return try float() as? Value }
        if type == UInt8.self { return try integer(UInt8.self) as? Value }
        if type == UInt.self { return try integer(UInt.self) as? Value }
        if type == UInt64.self { return try integer(UInt64.self) as? Value }
        if type == UInt32.self { return try integer(UInt32.self) as? Value }
        if type == UInt16.self { return try integer(UInt16.self) as? Value }
        if type == Int64.self { return try integer(Int64.self) as? Value }
        if type == Int32.self { return try integer(Int32.self) as? Value }
        if type == Int16.self { return try integer(Int16.self) as? Value }
        if type == Int8.self { return try integer(Int8.self) as? Value }
        if type == [UInt8].self { return try bytes() as? Value }
        return nil
    }

    private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
        let exact: Value? =
            switch value {
            case .signed(let value): Value(exactly: value)
            case .unsigned(let value): Value(exactly: value)
            default: throw mismatch(type)
            }
        guard let exact else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "The number does not fit in \(type)."))
        }
        return exact
    }

    private func string() throws -> String {
        guard case .string(let text) = value else { throw mismatch(String.self) }
        return text
    }

    private func bool() throws -> Bool {
        guard case .bool(let value) = value else { throw mismatch(Bool.self) }
        return value
    }

    private func double() throws -> Double {
        guard case .double(let bits) = value else { throw mismatch(Double.self) }
        return Double(bitPattern: bits)
    }

    private func float() throws -> Float {
        guard case .float(let bits) = value else { throw mismatch(Float.self) }
        return Float(bitPattern: bits)
    }

    private func bytes() throws -> [UInt8] {
        guard case .bytes(let bytes) = value else { throw mismatch([UInt8].self) }
        return Array(bytes)
    }
}

private struct RecordSource<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let box: MessageValue.RecordBox
    let codingPath: [any CodingKey]
    let descriptors: ReceivedDescriptors?

    var allKeys: [Key] { box.members.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { box[key.stringValue] != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try source(key).decodeNil() }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try source(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { try source(key).container(keyedBy: type) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try source(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        Source(value: box["super"] ?? .null, codingPath: codingPath, descriptors: descriptors)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try source(key) }

    private func source(_ key: Key) throws -> Source {
        guard let value = box[key.stringValue] else {
            throw DecodingError.keyNotFound(
                key, .init(codingPath: codingPath, debugDescription: "The message has no value for this key."))
        }
        return Source(value: value, codingPath: codingPath + [key], descriptors: descriptors)
    }
}

private struct ListSource: UnkeyedDecodingContainer {
    let box: MessageValue.ListBox
    let codingPath: [any CodingKey]
    let descriptors: ReceivedDescriptors?
    var currentIndex = 0

    var count: Int? { box.members.count }
    var isAtEnd: Bool { currentIndex >= box.members.count }

    mutating func decodeNil() throws -> Bool {
        guard try peek().decodeNil() else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try peek().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { try take().container(keyedBy: type) }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try take().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try take() }

    private mutating func take() throws -> Source {
        defer { currentIndex += 1 }
        return try peek()
    }

    private func peek() throws -> Source {
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self, .init(codingPath: codingPath, debugDescription: "The message's list ends here."))
        }
        return Source(
            value: box.members[currentIndex], codingPath: codingPath + [IndexKey(currentIndex)],
            descriptors: descriptors)
    }
}
