// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite("Frames")
struct FrameTests {
    private func frame(_ kind: Frame.Kind, _ payload: [UInt8]) -> [UInt8] {
        var frame = Frame.begin(kind)
        frame.bytes += payload
        Frame.finish(&frame)
        return frame.bytes
    }

    @Test("are put together however the stream is cut", arguments: 1...40)
    func cuts(_ size: Int) throws {
        let stream = frame(.work, [1, 2, 3]) + frame(.stop, []) + frame(.output, [UInt8](0...99))
        var assembler = FrameAssembler()
        var found: [(Frame.Kind, [UInt8])] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            // Copied by the assembler within the closure.
            unsafe stream[start..<min(start + size, stream.count)].withUnsafeBytes { unsafe assembler.append($0) }
            while let frame = try assembler.next() { found.append((frame.kind, Array(frame.payload.bytes))) }
        }
        #expect(found.map(\.0) == [.work, .stop, .output])
        #expect(found.map(\.1) == [[1, 2, 3], [], [UInt8](0...99)])
    }

    @Test("bytes that are no frame end the conversation")
    func garbage() throws {
        var assembler = FrameAssembler()
        // Copied by the assembler within the closure.
        unsafe [UInt8](repeating: 0x41, count: 16).withUnsafeBytes { unsafe assembler.append($0) }
        #expect(throws: MessageCodingError.unknownMark(0x41)) { try assembler.next() }
    }

    @Test("of outputs of one parcel come together, as far as they are there", arguments: [1, 7, 33, 200])
    func parcels(_ size: Int) throws {
        var stream: [UInt8] = []
        for (tag, number) in [(3, 1), (3, 2), (3, 3), (4, 4), (0, 5), (0, 6)] as [(UInt32, UInt8)] {
            var frame = Frame.begin(.output)
            frame.bytes += [UInt8](repeating: number, count: Int(number))
            Frame.finish(&frame, tag: tag)
            stream += frame.bytes
        }
        var assembler = FrameAssembler()
        var found: [(UInt32, [UInt8])] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            // Copied by the assembler within the closure.
            unsafe stream[start..<min(start + size, stream.count)].withUnsafeBytes { unsafe assembler.append($0) }
            while let frame = try assembler.next() {
                guard frame.count > 1 else {
                    found.append((frame.tag, Array(frame.payload.bytes)))
                    continue
                }
                var frames = OutputFrames(frame.payload.bytes, count: frame.count)
                while let output = frames.next() { found.append((frame.tag, Array(output))) }
            }
        }
        #expect(found.map(\.0) == [3, 3, 3, 4, 0, 0])
        #expect(found.map(\.1) == (1...6).map { [UInt8](repeating: $0, count: Int($0)) })
    }

    private func handles(_ count: Int) throws -> [DescriptorHandle] {
        try (0..<count).map { _ in try DescriptorHandle(duplicating: 0) }
    }

    private func frame(_ kind: Frame.Kind, claiming count: Int) -> [UInt8] {
        var bytes = frame(kind, [1, 2])
        bytes[2] = UInt8(truncatingIfNeeded: count)
        return bytes
    }

    @Test("get their own descriptors, in order, however the stream is cut", arguments: [1, 5, 17, 100])
    func descriptors(_ size: Int) throws {
        var assembler = FrameAssembler()
        var counts: [Int] = []
        for count in [2, 0, 1, 3] {
            let bytes = frame(.output, claiming: count)
            let own = try handles(count)
            for start in stride(from: 0, to: bytes.count, by: size) {
                let arrival = start == 0 && count > 0 ? ReceivedDescriptors(handles: own) : nil
                // Copied by the assembler within the closure.
                unsafe bytes[start..<min(start + size, bytes.count)].withUnsafeBytes {
                    unsafe assembler.append($0, with: arrival)
                }
                while let frame = try assembler.next() {
                    let found = frame.payload.descriptors.handles
                    #expect(zip(found, own).allSatisfy { $0.isSame(as: $1) })
                    counts.append(found.count)
                }
            }
        }
        #expect(counts == [2, 0, 1, 3])
    }

    @Test("that lie about their descriptors end the conversation", arguments: [(0, 1), (1, 0), (2, 1), (1, 2)])
    func lies(_ said: Int, _ came: Int) throws {
        var assembler = FrameAssembler()
        let descriptors = ReceivedDescriptors(handles: try handles(came))
        // Copied by the assembler within the closure.
        unsafe frame(.output, claiming: said).withUnsafeBytes {
            unsafe assembler.append($0, with: came > 0 ? descriptors : nil)
        }
        #expect(throws: MessageCodingError.wrongHandleCount) { while try assembler.next() != nil {} }
    }

    @Test("with more descriptors than can be are no frames")
    func tooManyDescriptors() {
        #expect(Frame.head(frame(.work, claiming: 250).prefix(16)) != nil)
        #expect(Frame.head(frame(.work, claiming: 251).prefix(16)) == nil)
    }

    @Test("whose descriptors were lost on arrival are handed on, and only the lost ones are missed")
    func lostDescriptors() throws {
        var assembler = FrameAssembler()
        let descriptors = ReceivedDescriptors(handles: try handles(1), areIncomplete: true)
        // Copied by the assembler within the closure.
        unsafe frame(.output, claiming: 3).withUnsafeBytes { unsafe assembler.append($0, with: descriptors) }
        let found = try #require(try assembler.next()).payload.descriptors
        _ = try found.handle(at: 0)
        #expect(throws: HandleCodingError.noDescriptorsLeft(index: 1)) { try found.handle(at: 1) }
    }

    @Test("a work request names its type, and the type is found by it")
    func request() throws {
        let request = try WorkType<Generic<String>>.known.request(Generic(value: "v"))
        let received = try ReceivedWork(ReceivedBody(bytes: request.bytes.dropFirst(Frame.headSize)))
        #expect(ObjectIdentifier(received.runner.type) == ObjectIdentifier(Generic<String>.self))
        #expect(throws: MessageCodingError.self) { try ReceivedWork(ReceivedBody(bytes: [200, 0, 65])) }
        #expect(throws: MessageCodingError.self) { try ReceivedWork(ReceivedBody(bytes: [1, 0, 65])) }
    }
}

/// Generic work travels, too.
struct Generic<Value: Codable & Sendable>: Work {
    var value: Value
    func run() -> Value { value }
}
