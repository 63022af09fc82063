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
        var counts = LetterCounts()
        for index in 0..<26 {
            let offset = UInt8(index)
            counts[at: index] = histogram[UInt8(ascii: "a") + offset] + histogram[UInt8(ascii: "A") + offset]
        }
        if self == .pythonRepr { addEscapes(of: histogram, to: &counts) }
        return counts
    }

    /// Adds what Python's form has beyond the document's own letters.
    ///
    /// A histogram is enough for it. Python renders every byte by itself, whatever its neighbours are, so the
    /// borders between chunks cannot matter. Which quotes it chooses does depend on the whole document (double ones if
    /// there is a `'` and no `"`), and so does whether a `'` is escaped; but quotes and backslashes are no letters,
    /// so neither choice can be seen in the counts.
    private func addEscapes(of histogram: ByteHistogram, to counts: inout LetterCounts) {
        counts["b"] += 1
        counts["t"] += histogram[UInt8(ascii: "\t")]
        counts["n"] += histogram[UInt8(ascii: "\n")]
        counts["r"] += histogram[UInt8(ascii: "\r")]
        for byte in UInt8.min...UInt8.max where Self.isHexadecimal(byte) {
            counts["x"] += histogram[byte]
            // The digits 10 to 15 are the letters at the positions 0 to 5.
            for digit in [byte >> 4, byte & 0xf] where digit >= 10 { counts[at: Int(digit) - 10] += histogram[byte] }
        }
    }

    /// Whether Python's form of the byte is `\x` and two digits: it is neither printable nor has a short escape.
    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x20...0x7e: false
        default: true
        }
    }
}
