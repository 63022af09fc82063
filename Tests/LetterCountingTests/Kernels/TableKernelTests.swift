// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LetterCounting

/// What is particular to the kernels in Swift; `EveryKernelTests` holds what all owe. A span of bytes as a raw one is unsafe only for types with padding, and a UInt8 has none: hence every `unsafe` here.
@Suite struct TableKernelTests {
    @Test func `the naive kernel counts each byte in its own bin`() {
        var histogram = ByteHistogram()
        add(Array("aba\u{0}".utf8) + [0xff], to: &histogram, by: NaiveKernel.add)
        #expect(histogram[UInt8(ascii: "a")] == 2)
        #expect(histogram[UInt8(ascii: "b")] == 1)
        #expect(histogram[0x00] == 1)
        #expect(histogram[0xff] == 1)
        #expect(histogram.total == 5)
    }

    // Below 1024 bytes the table kernel hands over to the naive one, so lengths on both sides of that border count.
    @Test(arguments: [0...600, 1000...1100, 4090...4100])
    func `the table kernel agrees with the naive one at every length`(lengths: ClosedRange<Int>) {
        var source = SeededBytes(seed: 1)
        let data = source.bytes(lengths.upperBound)
        for length in lengths {
            unsafe expectAgreement(on: data.span.bytes.extracting(first: length), "\(length) bytes")
        }
    }

    @Test(arguments: 0...15)
    func `the table kernel agrees with the naive one at every alignment`(offset: Int) {
        var source = SeededBytes(seed: 2)
        let data = source.bytes(3000)
        for length in [0, 1, 7, 8, 600, 1024, 1031, 2048, 2984] {
            let bytes = unsafe data.span.bytes.extracting(offset..<offset + length)
            expectAgreement(on: bytes, "\(length) bytes from \(offset)")
        }
    }

    // 1024 bytes are 128 words: the limits meet the border inside, at the end of, and beyond the data.
    @Test(arguments: [1, 2, 3, 7, 64, 127, 128, 129, 1 << 30])
    func `emptying the tables in between loses nothing`(wordLimit: Int) {
        var source = SeededBytes(seed: 3)
        for length in [1024, 1029, 1600, 2047] {
            let data = source.bytes(length)
            var expected = ByteHistogram()
            var counted = ByteHistogram()
            add(data, to: &expected, by: NaiveKernel.add)
            add(data, to: &counted) { TableKernel.add($0, to: &$1, wordLimit: wordLimit) }
            #expect(counted == expected, "\(length) bytes")
        }
    }

    @Test func `the word limit keeps every bin from overflowing`() {
        // The largest step of one bin between two emptyings is one a word; the default has to leave that room.
        #expect(TableKernel.wordLimit <= Int(UInt32.max))
    }

    private func add(
        _ data: [UInt8], to histogram: inout ByteHistogram, by kernel: (RawSpan, inout ByteHistogram) -> Void
    ) {
        unsafe kernel(data.span.bytes, &histogram)
    }

    private func expectAgreement(on bytes: RawSpan, _ what: String) {
        var expected = ByteHistogram()
        var counted = ByteHistogram()
        NaiveKernel.add(bytes, to: &expected)
        TableKernel.add(bytes, to: &counted)
        let agree = counted == expected
        #expect(agree, "\(what)")
    }
}
