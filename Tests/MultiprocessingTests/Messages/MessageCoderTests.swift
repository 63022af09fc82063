// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite("The coder of messages")
struct MessageCoderTests {
    private func roundTrip<Value: Codable>(_ value: Value) throws -> Value {
        var bytes: [UInt8] = []
        try MessageEncoder.encode(value, into: &bytes)
        return try MessageDecoder.decode(Value.self, from: bytes[...])
    }

    @Test("keeps every integer at its limits")
    func integers() throws {
        #expect(try roundTrip([Int.min, -1, 0, 1, Int.max]) == [Int.min, -1, 0, 1, Int.max])
        #expect(try roundTrip([UInt64.max, 0]) == [UInt64.max, 0])
        #expect(try roundTrip([Int8.min, Int8.max]) == [Int8.min, Int8.max])
        #expect(try roundTrip([Int16.min, Int16.max]) == [Int16.min, Int16.max])
        #expect(try roundTrip([Int32.min, Int32.max]) == [Int32.min, Int32.max])
        #expect(try roundTrip([Int64.min, Int64.max]) == [Int64.min, Int64.max])
        #expect(try roundTrip([UInt16.max]) == [UInt16.max])
        #expect(try roundTrip([UInt32.max]) == [UInt32.max])
        #expect(try roundTrip([UInt.max]) == [UInt.max])
    }

    @Test("keeps floating-point values to the bit")
    func floats() throws {
        let doubles = [0, -0.0, .infinity, .leastNonzeroMagnitude, .pi, Double.nan]
        #expect(try roundTrip(doubles).map(\.bitPattern) == doubles.map(\.bitPattern))
        let floats = [Float.greatestFiniteMagnitude, -0.0, .nan]
        #expect(try roundTrip(floats).map(\.bitPattern) == floats.map(\.bitPattern))
    }

    @Test("keeps strings, also empty, long and with any character")
    func strings() throws {
        for text in ["", "a\u{0}b", "🦜é\u{1F3F3}\u{FE0F}", String(repeating: "x", count: 70_000)] {
            #expect(try roundTrip(text) == text)
        }
    }

    @Test("keeps top-level values of every kind")
    func fragments() throws {
        #expect(try roundTrip(true) == true)
        #expect(try roundTrip(Int?.none) == nil)
        #expect(try roundTrip(Int?.some(3)) == 3)
        #expect(try roundTrip([UInt8](0...255)) == [UInt8](0...255))
        #expect(try roundTrip([[UInt8]]()) == [])
        #expect(try roundTrip(["k": [1, 2], "": []]) == ["k": [1, 2], "": []])
        #expect(try roundTrip(Set(["a", "b"])) == ["a", "b"])
        #expect(try roundTrip([1: "one", 2: "two"]) == [1: "one", 2: "two"])
    }

    @Test("keeps classes with superclasses, containers filled side by side, and enumerations with values")
    func structure() throws {
        let derived = Derived(base: 7, extra: "e")
        let back = try roundTrip(derived)
        #expect(back.base == 7)
        #expect(back.extra == "e")
        #expect(try roundTrip(Interleaved()) == Interleaved())
        let tree = Tree.node(.leaf(1), .node(.leaf(2), .leaf(3)))
        #expect(try roundTrip(tree) == tree)
        #expect(try roundTrip(Empty()) == Empty())
    }

    @Test("writes small values small")
    func size() throws {
        var bytes: [UInt8] = []
        try MessageEncoder.encode([1, 2, 3], into: &bytes)
        #expect(bytes.count == 8)
    }

    @Test("refuses a message that is cut anywhere, and one with something after it")
    func damaged() throws {
        var bytes: [UInt8] = []
        try MessageEncoder.encode(Interleaved(), into: &bytes)
        for count in 0..<bytes.count {
            #expect(throws: (any Error).self) { try MessageDecoder.decode(Interleaved.self, from: bytes.prefix(count)) }
        }
        #expect(throws: MessageCodingError.trailingBytes(1)) {
            try MessageDecoder.decode(Interleaved.self, from: (bytes + [0])[...])
        }
        #expect(throws: MessageCodingError.unknownMark(200)) { try MessageDecoder.decode(Int.self, from: [200]) }
    }

    @Test("says where a value of the wrong kind is")
    func wrongKind() throws {
        var bytes: [UInt8] = []
        try MessageEncoder.encode(["a": [1, 2]], into: &bytes)
        do {
            _ = try MessageDecoder.decode([String: [String]].self, from: bytes[...])
            Issue.record("it was decoded")
        } catch DecodingError.typeMismatch(_, let context) {
            #expect(context.codingPath.map(\.stringValue) == ["a", "[0]"])
        }
        #expect(throws: DecodingError.self) { try MessageDecoder.decode(UInt8.self, from: encoded(300)) }
        #expect(throws: DecodingError.self) { try MessageDecoder.decode(UInt.self, from: encoded(-1)) }
    }

    private func encoded(_ value: some Encodable) throws -> ArraySlice<UInt8> {
        var bytes: [UInt8] = []
        try MessageEncoder.encode(value, into: &bytes)
        return bytes[...]
    }

    @Test("refuses nesting without end instead of following it to the end of the stack")
    func deep() {
        var tree = Tree.leaf(0)
        for _ in 0..<1_000 { tree = .node(tree, .leaf(0)) }
        #expect(throws: MessageCodingError.nestedTooDeeply(limit: 512)) { try roundTrip(tree) }
    }

    @Test("refuses handles where bytes are all there is")
    func handlesInBytes() throws {
        let handle = try DescriptorHandle(duplicating: 0)
        var bytes: [UInt8] = []
        #expect(throws: HandleCodingError.notAMessage) {
            try MessageCoding<[DescriptorHandle]>.codable().encode([handle], into: &bytes)
        }
        var message = MessageBody()
        try MessageCoding<[DescriptorHandle]>.codable().encode([handle], into: &message)
        #expect(message.handles.count == 1)
        let written = message.bytes[...]
        #expect(throws: HandleCodingError.notAMessage) {
            try MessageCoding<[DescriptorHandle]>.codable().decode(written)
        }
        #expect(throws: HandleCodingError.missing(index: 0)) {
            try MessageCoding<[DescriptorHandle]>.codable().decode(ReceivedBody(bytes: written))
        }
    }

    @Test("values travel as their bytes only to the very same type")
    func bytes() throws {
        struct Point: BitwiseCopyable, Sendable, Equatable { var x: Int32, y: UInt8 }
        struct Other: BitwiseCopyable, Sendable { var x: Int32, y: UInt8 }
        var bytes: [UInt8] = []
        try MessageCoding<Point>.bytes().encode(Point(x: -5, y: 9), into: &bytes)
        #expect(bytes.count == 8 + MemoryLayout<Point>.size)
        // At every alignment.
        for shift in 0..<8 {
            let moved = [UInt8](repeating: 0, count: shift) + bytes
            #expect(try MessageCoding<Point>.bytes().decode(moved.dropFirst(shift)) == Point(x: -5, y: 9))
        }
        #expect(throws: MessageCodingError.self) { try MessageCoding<Other>.bytes().decode(bytes[...]) }
        #expect(throws: MessageCodingError.self) { try MessageCoding<Point>.bytes().decode(bytes.dropLast()) }
        #expect(throws: MessageCodingError.truncated) { try MessageCoding<Point>.bytes().decode(bytes.prefix(3)) }
    }
}

private class Base: Codable {
    var base: Int
    init(base: Int) { self.base = base }
}

private final class Derived: Base {
    var extra: String

    init(base: Int, extra: String) {
        self.extra = extra
        super.init(base: base)
    }

    private enum Key: CodingKey { case extra }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        extra = try container.decode(String.self, forKey: .extra)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(extra, forKey: .extra)
        try super.encode(to: container.superEncoder())
    }
}

/// Fills two nested containers by turns.
private struct Interleaved: Codable, Equatable {
    var left = ["l1", "l2"]
    var right = [1, 2]

    private enum Key: CodingKey { case left, right }

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        left = try container.decode([String].self, forKey: .left)
        var list = try container.nestedUnkeyedContainer(forKey: .right)
        right = []
        while !list.isAtEnd { right.append(try list.decode(Int.self)) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        var lefts = container.nestedUnkeyedContainer(forKey: .left)
        var rights = container.nestedUnkeyedContainer(forKey: .right)
        for index in 0..<2 {
            try lefts.encode(left[index])
            try rights.encode(right[index])
        }
    }
}

private indirect enum Tree: Codable, Equatable {
    case leaf(Int)
    case node(Tree, Tree)
}

private struct Empty: Codable, Equatable {}
