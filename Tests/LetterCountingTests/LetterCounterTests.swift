// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LetterCounting

@Suite struct LetterCounterTests {
    @Test func `letters are the bytes of both cases, folded`() {
        let counts = LetterCounter.count(Array("The quick Brown fox, 1982: été @[`{".utf8))
        #expect(counts.description == "b 1, c 1, e 1, f 1, h 1, i 1, k 1, n 1, o 2, q 1, r 1, t 2, u 1, w 1, x 1")
    }

    @Test func `letters agree with a naive loop on random bytes`() {
        var source = SeededBytes(seed: 11)
        for length in [0, 1, 100, 5000] {
            let document = source.bytes(length)
            #expect(LetterCounter.count(document) == naiveLetters(document))
        }
    }

    @Test(arguments: TextInterpretation.allCases)
    func `where a document is cut makes no difference`(text: TextInterpretation) {
        var source = SeededBytes(seed: 12)
        let document = source.awkwardText(400)
        let whole = LetterCounter.count(document, text: text)
        for cut in 0...document.count {
            var counter = LetterCounter(text: text)
            counter.feed(document[..<cut])
            counter.feed(document[cut...])
            #expect(counter.counts() == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: TextInterpretation.allCases)
    func `asking for the counts in between changes nothing`(text: TextInterpretation) {
        var counter = LetterCounter(text: text)
        counter.feed(Array("ab".utf8)[...])
        #expect(counter.counts() == LetterCounter.count(Array("ab".utf8), text: text))
        counter.feed(Array("c\n".utf8)[...])
        #expect(counter.counts() == LetterCounter.count(Array("abc\n".utf8), text: text))
        #expect(counter.byteCount == 4)
    }

    @Test func `interpretations are named as on the command line`() {
        #expect(TextInterpretation.allCases.map(\.rawValue) == ["letters", "python-repr"])
        #expect(TextInterpretation(rawValue: "python-repr") == .pythonRepr)
    }

    private func naiveLetters(_ document: [UInt8]) -> LetterCounts {
        var counts = LetterCounts()
        for byte in document {
            let character = Character(Unicode.Scalar(byte))
            if character.isASCII && character.isLetter { counts[Character(character.lowercased())] += 1 }
        }
        return counts
    }
}
