// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite("Frames")
struct FrameTests {
    private func frame(_ kind: Frame.Kind, _ payload: [UInt8]) -> [UInt8] {
        var frame = Frame.begin(kind) + payload
        Frame.finish(&frame)
        return frame
    }

    @Test("are put together however the stream is cut", arguments: 1...40)
    func cuts(_ size: Int) throws {
        let stream = frame(.work, [1, 2, 3]) + frame(.stop, []) + frame(.output, [UInt8](0...99))
        var assembler = FrameAssembler()
        var found: [(Frame.Kind, [UInt8])] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            // Copied by the assembler within the closure.
            unsafe stream[start..<min(start + size, stream.count)].withUnsafeBytes { unsafe assembler.append($0) }
            while let (kind, payload) = try assembler.next() { found.append((kind, Array(payload))) }
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

    @Test("a work request names its type, and the type is found by it")
    func request() throws {
        let request = try WorkType<Generic<String>>.known.request(Generic(value: "v"))
        let received = try ReceivedWork(request.dropFirst(Frame.headSize))
        #expect(ObjectIdentifier(received.workType) == ObjectIdentifier(Generic<String>.self))
        #expect(throws: MessageCodingError.self) { try ReceivedWork([200, 0, 65]) }
        #expect(throws: MessageCodingError.self) { try ReceivedWork([1, 0, 65]) }
    }
}

/// Generic work travels, too.
struct Generic<Value: Codable & Sendable>: Work {
    var value: Value
    func run() -> Value { value }
}
