// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What counts as a letter of a document.
public enum TextInterpretation: String, CaseIterable, Codable, Sendable {
    /// The bytes A-Z and a-z of the document, both cases as one. All other bytes count nothing, those of UTF-8 sequences
    /// among them: no letter with an accent is taken for the plain one.
    case letters

    /// The letters of what Python prints for the document, `str(document_bytes)`, folded to lower case.
    ///
    /// This is what a loop counts that forgets to decode: `b'…'` with its prefix (once a document, an empty one
    /// too), `\n`, `\r` and `\t` as a letter each, and every other byte below 0x20 or above 0x7e as `\x` with two
    /// small hexadecimal digits. So a form feed, `\x0c`, counts an "x" and a "c".
    case pythonRepr = "python-repr"

    /// The letters of one whole document with this histogram.
    ///
    /// `letters` is additive: the counts of a joined histogram are the joined counts. `pythonRepr` is not, for its
    /// prefix comes once a document.
    func counts(of histogram: ByteHistogram) -> LetterCounts {
        // A span, because the compiler copied all of the bins to read one of them.
        let bins = histogram.bins.span
        var counts = LetterCounts()
        for index in 0..<26 {
            counts[at: index] = bins[Int(UInt8(ascii: "a")) + index] + bins[Int(UInt8(ascii: "A")) + index]
        }
        if self == .pythonRepr { Self.addEscapes(of: bins, to: &counts) }
        return counts
    }

    /// Adds what Python's form has beyond the document's own letters.
    ///
    /// A histogram is enough for it. Python renders every byte by itself, whatever its neighbours are, so the
    /// borders between chunks cannot matter. Which quotes it chooses does depend on the whole document (double ones if
    /// there is a `'` and no `"`), and so does whether a `'` is escaped; but quotes and backslashes are no letters,
    /// so neither choice can be seen in the counts.
    private static func addEscapes(of bins: Span<UInt64>, to counts: inout LetterCounts) {
        counts[at: position(of: "b")] += 1
        counts[at: position(of: "t")] += bins[Int(UInt8(ascii: "\t"))]
        counts[at: position(of: "n")] += bins[Int(UInt8(ascii: "\n"))]
        counts[at: position(of: "r")] += bins[Int(UInt8(ascii: "\r"))]
        for byte in UInt8.min...UInt8.max where isHexadecimal(byte) {
            let count = bins[Int(byte)]
            counts[at: position(of: "x")] += count
            // The digits 10 to 15 are the letters at the positions 0 to 5.
            let (high, low) = (Int(byte >> 4), Int(byte & 0xf))
            if high >= 10 { counts[at: high - 10] += count }
            if low >= 10 { counts[at: low - 10] += count }
        }
    }

    /// By the scalar: to take a character apart, as the counts' own subscript does, costs more than all of the above.
    private static func position(of letter: Unicode.Scalar) -> Int {
        Int(letter.value - ("a" as Unicode.Scalar).value)
    }

    /// Whether Python's form of the byte is `\x` and two digits: it is neither printable nor has a short escape.
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x20...0x7e: false
        default: true
        }
    }
}
