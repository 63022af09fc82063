// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LetterCounting

/// Every kernel that this processor can run, against the definition. A span of bytes as a raw one is unsafe only for types
/// with padding, and a UInt8 has none: hence every `unsafe` here.
@Suite struct EveryKernelTests {
    private static let longest = 4_096

    /// Each length at two alignments; ``each alignment at the lengths around what kernels take at a time`` is the
    /// other side of the product.
    @Test(arguments: Kernel.available, [0, 63])
    func `each length up to 4096 is counted exactly`(kernel: Kernel, offset: Int) {
        var source = SeededBytes(seed: 1)
        let data = source.bytes(Self.longest + offset)
        var expected = ExpectedCounts()
        for length in 0...Self.longest {
            if length > 0 { expected.add(data[offset + length - 1]) }
            let counted = unsafe ExpectedCounts(of: data.span.bytes.extracting(offset..<offset + length), by: kernel)
            if counted != expected { Issue.record("\(length) bytes from \(offset)") }
        }
    }

    @Test(arguments: Kernel.available)
    func `each alignment at the lengths around what kernels take at a time`(kernel: Kernel) {
        for (part, expected) in Self.alignedParts {
            let counted = unsafe ExpectedCounts(of: Self.alignedData.span.bytes.extracting(part), by: kernel)
            if counted != expected { Issue.record("the bytes \(part)") }
        }
    }

    private static let alignedData = {
        var source = SeededBytes(seed: 2)
        return source.bytes(5_000)
    }()

    /// Made once for all kernels, since in a debug build the definition takes longer than any of them.
    private static let alignedParts: [(part: Range<Int>, expected: ExpectedCounts)] = {
        // Vectors, the border of the transform, blocks of 30 and 31 vectors of 64 bytes, of 255 of 16, of 64 of 64.
        let borders = [0, 16, 32, 64, 320, 1_024, 1_920, 1_984, 2_048, 4_080, 4_096]
        let lengths = borders.flatMap { [$0 - 1, $0, $0 + 1, $0 + 33] }.filter { $0 >= 0 }
        let parts = (0..<64).flatMap { offset in lengths.map { offset..<offset + $0 } }
        return parts.map { ($0, ExpectedCounts(of: Array(alignedData[$0]))) }
    }()

    /// Where tables hand over to instructions.
    @Test(arguments: Kernel.available, [319, 320, 321, 8_191, 8_192, 8_193])
    func `few bytes are counted by tables, many by instructions, and both exactly`(kernel: Kernel, length: Int) {
        var source = SeededBytes(seed: 4)
        let data = source.bytes(length)
        #expect(unsafe ByteHistogram(of: data.span.bytes, kernel: kernel) == ExpectedCounts(of: data).bytes)
    }

    @Test(arguments: Kernel.available)
    func `a run of any one byte value is counted in its bin alone`(kernel: Kernel) {
        for byte in UInt8.min...UInt8.max {
            for length in [1, 100, 1_500] {
                var expected = ExpectedCounts()
                expected.add(byte, times: UInt64(length))
                let data = [UInt8](repeating: byte, count: length)
                let counted = unsafe ExpectedCounts(of: data.span.bytes, by: kernel)
                if counted != expected { Issue.record("\(length) times \(byte)") }
            }
        }
    }

    /// The longest is more than 255 times a block of 64 vectors of 64 bytes: no counter of 8 or of 16 bits holds it.
    @Test(arguments: Kernel.available, [70_000, 1_100_003])
    func `long and awkward data are counted exactly`(kernel: Kernel, count: Int) {
        for (name, bytes) in count > 100_000 ? Self.longSamples : Self.samples {
            let counted = unsafe ExpectedCounts(of: bytes.data.span.bytes, by: kernel)
            #expect(counted == bytes.expected, "\(name)")
        }
    }

    private static let samples = expectations(KernelSamples.all())
    private static let longSamples = [UInt8(ascii: "e"), 0xff].map { byte in
        var expected = ExpectedCounts()
        expected.add(byte, times: 1_100_003)
        return ("\(byte) alone", (data: [UInt8](repeating: byte, count: 1_100_003), expected: expected))
    }

    private static func expectations(
        _ samples: [(name: String, bytes: [UInt8])]
    ) -> [(String, (data: [UInt8], expected: ExpectedCounts))] {
        samples.map { ($0.name, (data: $0.bytes, expected: ExpectedCounts(of: $0.bytes))) }
    }

    @Test(arguments: Kernel.available)
    func `what the tables hold already stays`(kernel: Kernel) {
        let data = [UInt8](repeating: UInt8(ascii: "A"), count: 2_000)
        var histogram = ByteHistogram()
        var letters = LetterCounts()
        for byte in UInt8.min...UInt8.max { histogram[byte] = 5_000_000_000 + UInt64(byte) }
        for index in 0..<26 { letters[at: index] = 6_000_000_000 + UInt64(index) }
        var (expectedHistogram, expectedLetters) = (histogram, letters)
        expectedHistogram[UInt8(ascii: "A")] += 2_000
        expectedLetters["a"] += 2_000
        unsafe kernel.add(data.span.bytes, to: &histogram)
        unsafe kernel.add(data.span.bytes, to: &letters)
        #expect(histogram == expectedHistogram)
        #expect(letters == expectedLetters)
    }
}
