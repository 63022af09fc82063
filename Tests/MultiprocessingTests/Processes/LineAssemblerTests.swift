// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite struct LineAssemblerTests {
    @Test(arguments: [1, 2, 3, 5, 100])
    func `lines are put together however they are cut`(_ size: Int) {
        let text = Array("one\ntwo\r\n\nthree\rfour\nlast".utf8)
        var assembler = LineAssembler()
        var blocks: [[UInt8]] = []
        for start in stride(from: 0, to: text.count, by: size) {
            blocks += assembler.append(Array(text[start..<min(start + size, text.count)]))
        }
        #expect(lines(blocks) == ["one", "two", "", "three\rfour"])
        #expect(assembler.finish() == Array("last".utf8))
        #expect(assembler.finish() == nil)
        #expect(blocks.flatMap(\.self) + Array("last".utf8) == text)
    }

    @Test(arguments: [1_000, 16 << 10, 300_000])
    func `a long line is cut into pieces`(_ size: Int) {
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
        let text = line + Array("\nnext\n".utf8)
        var assembler = LineAssembler()
        var blocks: [[UInt8]] = []
        for start in stride(from: 0, to: text.count, by: size) {
            blocks += assembler.append(Array(text[start..<min(start + size, text.count)]))
        }
        let found = blocks.flatMap { LineAssembler.lines(in: $0) }
        #expect(found.map(\.count) == [65_536, 65_536, 65_536, 3_392, 4])
        #expect(blocks.flatMap(\.self) == text)
        #expect(assembler.finish() == nil)
    }

    @Test(arguments: 0..<4)
    func `no character is cut in two`(_ shift: Int) {
        let text = String(repeating: "x", count: shift) + String(repeating: "🦜", count: 40_000) + "\n"
        var assembler = LineAssembler()
        let found = assembler.append(Array(text.utf8)).flatMap { LineAssembler.lines(in: $0) }
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.count <= LineAssembler.longest })
        #expect(found.map { String(decoding: $0, as: UTF8.self) }.joined() + "\n" == text)
    }

    @Test func `bytes that are no characters are cut anywhere`() {
        var assembler = LineAssembler()
        let blocks = assembler.append([UInt8](repeating: 0x80, count: 70_000))
        #expect(blocks.map(\.count) == [65_536])
        #expect(assembler.finish()?.count == 4_464)
    }

    private func lines(_ blocks: [[UInt8]]) -> [String] {
        blocks.flatMap { LineAssembler.lines(in: $0) }.map { String(decoding: $0, as: UTF8.self) }
    }
}
