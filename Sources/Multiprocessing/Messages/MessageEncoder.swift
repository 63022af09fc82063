// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Makes a message of any `Encodable` value.
enum MessageEncoder {
    /// - Parameter attachments: Takes the handles that the value holds; without it the value must not hold any.
    static func encode(
        _ value: some Encodable, into buffer: inout [UInt8], attachments: Attachments? = nil
    ) throws {
        try Node.value(of: value, at: Place(path: [], attachments: attachments)).append(to: &buffer)
    }
}

/// Where in the growing message, and what the whole message collects.
private struct Place {
    let path: [any CodingKey]
    let attachments: Attachments?

    func member(_ key: any CodingKey) -> Place { Place(path: path + [key], attachments: attachments) }
}

/// One place in the growing message: what a type's `encode(to:)` is handed.
private final class Node: DescriptorCarrier {
    let place: Place
    var content: MessageValue?

    private init(_ place: Place) { self.place = place }

    var codingPath: [any CodingKey] { place.path }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func attach(_ handle: DescriptorHandle) throws -> Int {
        guard let attachments = place.attachments else { throw HandleCodingError.notAMessage }
        return try attachments.attach(handle)
    }

    static func value<Value: Encodable>(of value: Value, at place: @autoclosure () -> Place) throws -> MessageValue {
        if let primitive = MessageValue(primitive: value) { return primitive }
        let node = Node(place())
        if node.codingPath.count > MessageValue.mostLevels {
            throw MessageCodingError.nestedTooDeeply(limit: MessageValue.mostLevels)
        }
        try value.encode(to: node)
        // A type that encodes nothing at all is an empty record, as in other coders.
        return node.content ?? .record(.init())
    }

    /// Asking twice for the same kind of container continues it, as the protocol demands.
    func record() -> MessageValue.RecordBox {
        if case .record(let box)? = content { return box }
        let box = MessageValue.RecordBox()
        content = .record(box)
        return box
    }

    func list() -> MessageValue.ListBox {
        if case .list(let box)? = content { return box }
        let box = MessageValue.ListBox()
        content = .list(box)
        return box
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(Record<Key>(box: record(), place: place))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { List(box: list(), place: place) }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: self) }

    /// A node whose content becomes a member of a container once it is known, for `superEncoder`.
    static func superNode(_ place: Place, into box: MessageValue.RecordBox) -> Node {
        let node = Node(place)
        node.content = .record(box)
        return node
    }
}

private struct Record<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: MessageValue.RecordBox
    let place: Place

    var codingPath: [any CodingKey] { place.path }

    func encodeNil(forKey key: Key) { box.members.append((key.stringValue, .null)) }

    // Generic, and so the witness of the requirements for every primitive type, too.
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        box.members.append((key.stringValue, try Node.value(of: value, at: place.member(key))))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        let nested = MessageValue.RecordBox()
        box.members.append((key.stringValue, .record(nested)))
        return KeyedEncodingContainer(Record<Nested>(box: nested, place: place.member(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        let nested = MessageValue.ListBox()
        box.members.append((key.stringValue, .list(nested)))
        return List(box: nested, place: place.member(key))
    }

    func superEncoder() -> any Encoder { superEncoder(named: "super") }

    func superEncoder(forKey key: Key) -> any Encoder { superEncoder(named: key.stringValue) }

    // A superclass writes keyed members; that one form is supported.
    private func superEncoder(named name: String) -> any Encoder {
        let nested = MessageValue.RecordBox()
        box.members.append((name, .record(nested)))
        return Node.superNode(place, into: nested)
    }
}

private struct List: UnkeyedEncodingContainer {
    let box: MessageValue.ListBox
    let place: Place

    var codingPath: [any CodingKey] { place.path }

    var count: Int { box.members.count }

    func encodeNil() { box.members.append(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        box.members.append(try Node.value(of: value, at: place.member(IndexKey(count))))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        let nested = MessageValue.RecordBox()
        box.members.append(.record(nested))
        return KeyedEncodingContainer(Record<Nested>(box: nested, place: place.member(IndexKey(count - 1))))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        let nested = MessageValue.ListBox()
        box.members.append(.list(nested))
        return List(box: nested, place: place.member(IndexKey(count - 1)))
    }

    func superEncoder() -> any Encoder {
        let nested = MessageValue.RecordBox()
        box.members.append(.record(nested))
        return Node.superNode(place, into: nested)
    }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node

    var codingPath: [any CodingKey] { node.codingPath }

    func encodeNil() { node.content = .null }

    func encode<Value: Encodable>(_ value: Value) throws {
        node.content = try Node.value(of: value, at: node.place.member(IndexKey(0)))
    }
}

/// The place of a member in a list.
struct IndexKey: CodingKey {
    let index: Int

    init(_ index: Int) { self.index = index }
    init?(intValue: Int) { index = intValue }
    init?(stringValue: String) { nil }

    var intValue: Int? { index }
    var stringValue: String { "[\(index)]" }
}

extension MessageValue {
    /// The values that are written as they are. In specialized code one case of the switch is left.
    init?<Value>(primitive value: Value) {
        switch value {
        case let value as Int: self = .signed(Int64(value))
        case let value as String: self = .string(value)
        case let value as Bool: self = .bool(value)
        case let value as Double: self = .double(value.bitPattern)
        case let value as Float: self = .float(value.bitPattern)
        case let value as UInt8: self = .unsigned(UInt64(value))
        case let value as UInt: self = .unsigned(UInt64(value))
        case let value as UInt64: self = .unsigned(value)
        case let value as UInt32: self = .unsigned(UInt64(value))
        case let value as UInt16: self = .unsigned(UInt64(value))
        case let value as Int64: self = .signed(value)
        case let value as Int32: self = .signed(Int64(value))
        case let value as Int16: self = .signed(Int64(value))
        case let value as Int8: self = .signed(Int64(value))
        default:
            // Not a cast: an array of another type must not be tried element by element.
            guard Value.self == [UInt8].self, let bytes = value as? [UInt8] else { return nil }
            self = .bytes(bytes[...])
        }
    }
}
