// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which letters each byte of a document stands for, one letter after the other.
///
/// For those who want to see every single letter, as a loop over a text does. It is many times slower than
/// ``LetterCounter``, which counts the same letters without ever looking at one.
///
/// ```swift
/// let spelling = LetterSpelling(text: .letters)
/// spelling.forEachLetter(in: bytes) { index in table[index] += 1 }      // 0 for "a", 25 for "z"
/// ```
public struct LetterSpelling: Sendable {
    /// The letters that a document has besides those of its bytes, once each document.
    public let additionalLetters: LetterCounts

    /// At most three letters a byte, five bits each from the lowest on: 1 for "a", 26 for "z", and 0 behind the last.
    @usableFromInline let codes: InlineArray<256, UInt16>

    public init(text: TextInterpretation) {
        additionalLetters = text.counts(of: ByteHistogram())
        var codes = InlineArray<256, UInt16>(repeating: 0)
        for byte in UInt8.min...UInt8.max {
            var histogram = ByteHistogram()
            histogram[byte] = 1
            codes[Int(byte)] = Self.code(of: text.counts(of: histogram), without: additionalLetters)
        }
        self.codes = codes
    }

    private static func code(of counts: LetterCounts, without others: LetterCounts) -> UInt16 {
        var code: UInt16 = 0
        for index in 0..<26 {
            for _ in 0..<(counts[at: index] - others[at: index]) { code = code << 5 | UInt16(index + 1) }
        }
        return code
    }

    /// Hands each letter of these bytes to `body`, as its position in the alphabet. Of the letters of one byte the order is
    /// not kept.
    @inlinable
    public func forEachLetter(in bytes: RawSpan, _ body: (_ index: Int) -> Void) {
        // A span, because the compiler copied the whole array for each byte.
        let codes = codes.span
        for offset in bytes.byteOffsets {
            // Unsafe only as a reinterpretation, and every byte is a UInt8; the offset is checked.
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            var code = codes[Int(byte)]
            while code != 0 {
                body(Int(code & 31) - 1)
                code >>= 5
            }
        }
    }
}
