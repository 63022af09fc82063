// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Testing

@Suite struct LetterSpellingTests {
    private func counts(_ bytes: [UInt8], _ text: TextInterpretation) -> LetterCounts {
        let spelling = LetterSpelling(text: text)
        var counts = spelling.additionalLetters
        // Bytes have no padding.
        spelling.forEachLetter(in: unsafe bytes.span.bytes) { counts[at: $0] += 1 }
        return counts
    }

    @Test(arguments: TextInterpretation.allCases)
    func `letter by letter it finds what the counter finds, in each byte`(text: TextInterpretation) {
        for byte in UInt8.min...UInt8.max {
            #expect(counts([byte], text) == LetterCounter.count([byte], text: text), "\(byte)")
        }
    }

    @Test(arguments: TextInterpretation.allCases)
    func `and in documents of all lengths`(text: TextInterpretation) {
        for length in [0, 1, 2, 63, 1_000, 5_000] {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* $0 &+ 7 &* $0) }
            #expect(counts(bytes, text) == LetterCounter.count(bytes, text: text), "\(length)")
        }
    }

    @Test func `a byte that Python escapes has three letters at most, an x among them`() {
        let spelling = LetterSpelling(text: .pythonRepr)
        var letters: [Int] = []
        let bytes: [UInt8] = [0xff]
        spelling.forEachLetter(in: unsafe bytes.span.bytes) { letters.append($0) }
        #expect(letters.sorted() == [5, 5, 23])
    }

    @Test func `the difference of two tables undoes their sum`() {
        let (some, others) = (LetterCounter.count(Array("hello".utf8)), LetterCounter.count(Array("world".utf8)))
        #expect((some + others) - others == some)
    }
}
