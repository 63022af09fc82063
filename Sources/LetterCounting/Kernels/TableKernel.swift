// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A histogram in eight tables, one for each byte of an eight-byte word.
///
/// In text the same byte often comes twice within a few, and then an increment has to wait until the one before has
/// left the store buffer. With a table for each position in the word, equal neighbours touch different memory. Tables
/// of `UInt32` keep all eight within a quarter of a first-level cache; they are emptied into the histogram before a
/// bin could overflow.
enum TableKernel {
    private typealias Table = InlineArray<256, UInt32>

    /// Below this many bytes clearing and summing eight tables costs more than they save.
    private static let worthwhileByteCount = 1024

    /// How many words go into the tables before these are emptied. A word adds at most one to a bin of each table, so
    /// nothing up to `UInt32.max` overflows.
    static let wordLimit = 1 << 30

    /// Counts `bytes` in addition to what the histogram holds.
    ///
    /// - Parameter wordLimit: Tests lower it to meet the border with little data.
    static func add(_ bytes: RawSpan, to histogram: inout ByteHistogram, wordLimit: Int = wordLimit) {
        guard bytes.byteCount >= worthwhileByteCount else { return NaiveKernel.add(bytes, to: &histogram) }
        let words = bytes.byteCount / 8
        var first = 0
        while first < words {
            let end = min(first + wordLimit, words)
            addWords(first..<end, of: bytes, to: &histogram)
            first = end
        }
        NaiveKernel.add(bytes.extracting(last: bytes.byteCount % 8), to: &histogram)
    }

    private static func addWords(_ words: Range<Int>, of bytes: RawSpan, to histogram: inout ByteHistogram) {
        var (t0, t1, t2, t3) = (Table(repeating: 0), Table(repeating: 0), Table(repeating: 0), Table(repeating: 0))
        var (t4, t5, t6, t7) = (Table(repeating: 0), Table(repeating: 0), Table(repeating: 0), Table(repeating: 0))
        for word in words {
            // Unsafe only as a reinterpretation, and every bit pattern is a UInt64. The offset is checked: leaving
            // that out was measured to gain nothing.
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: word * 8, as: UInt64.self)
            // An index made of eight bits needs no check in a table of 256, and a bin cannot overflow (see above).
            t0[Int(word & 0xff)] &+= 1
            t1[Int(word >> 8 & 0xff)] &+= 1
            t2[Int(word >> 16 & 0xff)] &+= 1
            t3[Int(word >> 24 & 0xff)] &+= 1
            t4[Int(word >> 32 & 0xff)] &+= 1
            t5[Int(word >> 40 & 0xff)] &+= 1
            t6[Int(word >> 48 & 0xff)] &+= 1
            t7[Int(word >> 56)] &+= 1
        }
        for byte in UInt8.min...UInt8.max {
            let bin = Int(byte)
            let low = UInt64(t0[bin]) + UInt64(t1[bin]) + UInt64(t2[bin]) + UInt64(t3[bin])
            let high = UInt64(t4[bin]) + UInt64(t5[bin]) + UInt64(t6[bin]) + UInt64(t7[bin])
            histogram[byte] += low + high
        }
    }
}
