// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Multiprocessing

/// What a peer may send that is not our program, or not any more: thousands of inputs, the same in every run. Each ends
/// as a value or an error; a trap would end the tests.
@Suite("Hostile input", .leavesNothingBehind)
struct HostileInputTests {
    /// What a coder has to cope with.
    struct Content: Codable, Sendable {
        enum Choice: Codable {
            case pair(left: UInt64, right: String)
            case one(Int8)
            case none
        }

        var text = "ä\u{0}🦜"
        var numbers: [Double?] = [1.5, nil, -.infinity]
        var table: [String: [Int16]] = ["a": [1, -2], "": []]
        var keyed: [Int: String] = [1: "x"]
        var choice: [Choice] = [.pair(left: .max, right: "r"), .one(-1), .none]
        var bytes: [UInt8] = [0, 255]
        var range = 1...5
        var set: Set<String> = ["s"]
        var letter: String.UTF8View.Element = 7
        var flag = true
        var time = Duration.seconds(3)
        var handle: DescriptorHandle?
        var memory: SharedMemory?
        var sender: Sender<Int>?
        var deep: [[[[Int]]]] = [[[[1]]], []]
    }

    private static func valid() throws -> MessageBody {
        var message = MessageBody()
        var content = Content()
        content.handle = try DescriptorHandle(duplicating: 0)
        content.sender = try Channel<Int>().sender
        content.memory = try SharedMemory(byteCount: 10)
        try MessageCoding<Content>.codable().encode(content, into: &message)
        return message
    }

    /// Changes some bytes, cuts, doubles or puts in some.
    private static func mutated(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<4, using: &random) {
            let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !bytes.isEmpty: bytes[place] = .random(in: 0...255, using: &random)
            case 1 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(contentsOf: bytes.suffix(from: place).prefix(9), at: place)
            case 4: bytes.insert(contentsOf: [255, 255, 255, 255, 255, 255, 255, 255, 127].prefix(9), at: place)
            default: bytes.insert(.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }

    private static func noise(_ random: inout SplitMix, most: Int = 200) -> [UInt8] {
        // Small numbers are marks and counts: pure noise would not come far.
        (0..<Int.random(in: 0...most, using: &random)).map { _ in
            .random(in: 0...(Bool.random(using: &random) ? 12 : 255), using: &random)
        }
    }

    private static func longNoise(_ random: inout SplitMix, most: Int) -> [UInt8] {
        [UInt8](repeating: .random(in: 0...12, using: &random), count: .random(in: 0...most, using: &random))
    }

    private static func decode(_ body: ReceivedBody) {
        _ = try? MessageCoding<Content>.codable().decode(body)
        _ = try? MessageCoding<[String: Int]>.codable().decode(body)
        _ = try? MessageCoding<[[UInt8]]>.codable().decode(body)
        _ = try? MessageCoding<[Int: [String?]]>.codable().decode(body)
        _ = try? MessageCoding<String>.codable().decode(body)
        _ = try? MessageCoding<[Double]>.codable().decode(body)
        _ = try? MessageCoding<[DescriptorHandle]>.codable().decode(body)
        _ = try? MessageCoding<Connection<Int, String>>.codable().decode(body)
        _ = try? MessageCoding<Int>.bytes().decode(body)
        _ = try? MessageCoding<Int>.received(.codable).decode(body)
        _ = try? MessageCoding<SIMD4<Double>>.received(.bytes).decode(body)
        _ = try? MessageDecoder.decode(RemoteFailure.self, from: body.bytes)
        _ = try? ReceivedWork(body)
    }

    @Test("the coder reads noise and damaged messages", arguments: 0..<8)
    func coder(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let valid = try Self.valid()
        for round in 0..<300 {
            let bytes = round % 2 == 0 ? Self.mutated(valid.bytes, &random) : Self.noise(&random)
            let handles = valid.handles.prefix(Int.random(in: 0...valid.handles.count, using: &random)).shuffled(
                using: &random)
            let descriptors = ReceivedDescriptors(handles: handles, areIncomplete: Bool.random(using: &random))
            Self.decode(ReceivedBody(bytes: bytes[...], descriptors: descriptors))
        }
        // Undamaged it is a value.
        let body = ReceivedBody(bytes: valid.bytes[...], descriptors: ReceivedDescriptors(handles: valid.handles))
        _ = try MessageCoding<Content>.codable().decode(body)
    }

    @Test("the coder reads every cut, every flipped bit and every count that cannot be")
    func systematically() throws {
        let valid = try Self.valid().bytes
        for count in valid.indices { Self.decode(ReceivedBody(bytes: valid.prefix(count))) }
        for place in valid.indices {
            var bytes = valid
            bytes[place] ^= 1 << UInt8(place % 8)
            _ = try? MessageCoding<Content>.codable().decode(ReceivedBody(bytes: bytes[...]))
        }
        for mark in UInt8.min...UInt8.max {
            for count in [[UInt8](repeating: 255, count: 9) + [1], [255, 255, 255, 255, 15], [0], []] {
                Self.decode(ReceivedBody(bytes: ([mark] + count)[...]))
            }
            if mark > 16 { continue }
            // Nested without end, in lists and in records.
            let lists = [UInt8](repeatElement([mark, 1], count: 5_000).joined())
            let records = [UInt8](repeatElement([mark, 1, 1, 97], count: 5_000).joined())
            for bytes in [lists, records] { _ = try? MessageDecoder.decode([Int].self, from: bytes[...]) }
        }
    }

    @Test("frames are put together from noise and damaged streams, in any pieces", arguments: 0..<8)
    func frames(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let handle = try DescriptorHandle(duplicating: 0)
        for round in 0..<500 {
            var stream: [UInt8] = []
            for _ in 0..<3 {
                var frame = Frame.begin([.work, .stop, .output, .failure].randomElement(using: &random) ?? .work)
                frame.bytes += Self.noise(&random)
                Frame.finish(&frame)
                stream += frame.bytes
            }
            if round % 4 == 0 { stream = Self.noise(&random, most: 300) }
            if round % 4 > 1 { stream = Self.mutated(stream, &random) }
            var assembler = FrameAssembler()
            var rest = stream[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(Int.random(in: 1...80, using: &random)))
                rest = rest.dropFirst(part.count)
                let came: ReceivedDescriptors? =
                    Int.random(in: 0..<8, using: &random) == 0 ? ReceivedDescriptors(handles: [handle]) : nil
                // Copied by the assembler within the closure.
                unsafe part.withUnsafeBytes { unsafe assembler.append($0, with: came) }
                do {
                    while let frame = try assembler.next() { _ = try? ReceivedWork(frame.payload) }
                } catch {
                    break
                }
            }
        }
    }

    @Test("a channel receives whatever packets come, and then the next message", arguments: 0..<8)
    func packets(_ seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let (sending, receiving) = try PacketEnd.pair()
        let receiver = Receiver<Content>(end: receiving, coding: .codable())
        let peer = try Peer(sending)
        for round in 0..<250 {
            try peer.sendSomething(&random, round)
            let found = result(of: receiver)
            if case .success(nil) = found { Issue.record("the conversation ended at \(round)") }
            try Sender<Content>(end: sending, coding: .codable()).trySend(Content())
            guard case .success(.some) = result(of: receiver) else {
                Issue.record("what was sent after \(round) did not arrive")
                return
            }
        }
        peer.sendNothing()
        guard case .failure(.notDecoded) = result(of: receiver) else {
            Issue.record("an empty packet was taken for something")
            return
        }
        sending.close()
        peer.close()
        guard case .success(nil) = result(of: receiver) else {
            Issue.record("the end did not come")
            return
        }
    }

    @Test("memory is used only if it is sealed, of the right size and really there")
    func memory() throws {
        let (sending, receiving) = try PacketEnd.pair()
        let receiver = Receiver<[UInt8]>(end: receiving, coding: .raw())
        let message = [UInt8](repeating: 7, count: Packet.mostBytes + 100_000)
        var packet = try MessageCoding<[UInt8]>.raw().packet(message)
        func found(_ size: Int, _ seals: MemoryFile.Seals, isSparse: Bool = false) throws -> [UInt8]? {
            let file = try MemoryFile()
            try file.grow(to: size)
            if isSparse { file.discard(0, size) }
            try file.seal(seals)
            packet.handles = [file.descriptor]
            guard case .done = sending.trySend(packet) else { return nil }
            return try? receiver.tryReceive()
        }
        #expect(try found(100_000, Packet.seals)?.count == message.count)
        #expect(try found(100_000, Packet.seals, isSparse: true) == nil)
        #expect(try found(99_999, Packet.seals) == nil)
        #expect(try found(100_001, Packet.seals) == nil)
        #expect(try found(100_000, []) == nil)
        #expect(try found(100_000, [.shrink, .grow]) == nil)
        #expect(try found(100_000, [.grow, .futureWrites]) == nil)
    }

    private func result(of receiver: Receiver<Content>) -> Result<Content?, ReceiveError> {
        Result { () throws(ReceiveError) in try receiver.tryReceive() }
    }

    /// The other side, when it does as it likes.
    private struct Peer {
        private let end: PacketEnd
        private let memories: [DescriptorHandle]
        private let number: Int32

        init(_ end: PacketEnd) throws {
            self.end = end
            number = try #require(end.handle).number
            memories = try Self.memories()
        }

        /// Memory files that are not as they should be, and one that is.
        private static func memories() throws -> [DescriptorHandle] {
            func file(_ size: Int, _ seals: MemoryFile.Seals, sparse: Bool = false) throws -> DescriptorHandle {
                let file = try MemoryFile()
                try file.grow(to: size)
                if sparse { file.discard(0, size) }
                try file.seal(seals)
                return file.descriptor
            }
            let all = Packet.seals
            return [
                try file(1000, all), try file(1000, []), try file(1000, [.shrink]), try file(999, all),
                try file(1 << 30, all, sparse: true), try DescriptorHandle(duplicating: 0),
            ]
        }

        func sendSomething(_ random: inout SplitMix, _ round: Int) throws {
            var packet = try MessageCoding<Content>.codable().packet(Content())
            switch round % 5 {
            case 0: packet.bytes = HostileInputTests.noise(&random)
            case 1: packet.bytes = HostileInputTests.mutated(packet.bytes, &random)
            case 2: packet.bytes = head(&random) + HostileInputTests.longNoise(&random, most: 70_000)
            case 3:
                packet.bytes = head(&random, .begun) + [UInt8](repeating: 9, count: Packet.mostBytes)
            default: packet.bytes += HostileInputTests.longNoise(&random, most: 100_000)
            }
            packet.handles = (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in
                memories.randomElement(using: &random)
            }
            if packet.bytes.isEmpty { packet.bytes = [1] }
            guard case .done = end.trySend(packet) else { throw Violation("not sent") }
        }

        private struct Violation: Error {
            let text: String
            init(_ text: String) { self.text = text }
        }

        /// A head that is right but for its numbers.
        private func head(_ random: inout SplitMix, _ kind: Packet.Kind? = nil) -> [UInt8] {
            let lengths: [UInt64] = [0, 1, 66_535, 66_536, 66_537, 65_536 + 1 << 30, .max, 1 << 62, 65_536, 65_535]
            let length = lengths.randomElement(using: &random) ?? 0
            let count: [UInt32] = [0, 1, 1, 1, 2, 253, .max]
            let descriptors = count.randomElement(using: &random) ?? 0
            let kind = kind ?? [.whole, .begun].randomElement(using: &random) ?? .whole
            return [0x6d, 0x70, 2, kind.rawValue] + (0..<4).map { UInt8(truncatingIfNeeded: descriptors >> ($0 * 8)) }
                + (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
        }

        func sendNothing() { _ = end.trySend(MessageBody()) }

        func close() { end.close() }
    }
}
