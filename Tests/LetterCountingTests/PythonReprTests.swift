// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LetterCounting

@Suite struct PythonReprTests {
    @Test func `the oracle writes what Python prints`() {
        // Taken from an interpreter.
        #expect(pythonRepr([]) == "b''")
        #expect(pythonRepr(Array("a\n\t\r\\b".utf8)) == #"b'a\n\t\r\\b'"#)
        #expect(pythonRepr([0x00, 0x0c, 0x1f, 0x7e, 0x7f, 0x80, 0xff]) == #"b'\x00\x0c\x1f~\x7f\x80\xff'"#)
        #expect(pythonRepr(Array("it's".utf8)) == #"b"it's""#)
        #expect(pythonRepr(Array(#"say "hi""#.utf8)) == #"b'say "hi"'"#)
        #expect(pythonRepr(Array(#"it's "hi""#.utf8)) == #"b'it\'s "hi"'"#)
    }

    @Test func `an empty document counts its prefix`() {
        #expect(LetterCounter.count([], text: .pythonRepr).description == "b 1")
    }

    @Test func `a newline is an n, a form feed an x and a c`() {
        #expect(LetterCounter.count([0x0a], text: .pythonRepr).description == "b 1, n 1")
        #expect(LetterCounter.count([0x0c], text: .pythonRepr).description == "b 1, c 1, x 1")
    }

    @Test func `every byte value counts the letters of its form`() {
        for byte in UInt8.min...UInt8.max {
            expectAgreement(on: [byte])
            expectAgreement(on: [byte, byte, UInt8(ascii: "e")])
        }
    }

    @Test(arguments: ["'", "\"", "'\"", "\\'", "\\\"'", "don't \"do\" it", "''''", "\"\""])
    func `quotes and escapes of quotes do not show in the counts`(text: String) {
        expectAgreement(on: Array(text.utf8))
    }

    @Test(arguments: 0..<40)
    func `random documents agree with the printed form`(seed: UInt64) {
        var source = SeededBytes(seed: seed)
        expectAgreement(on: source.bytes(Int(seed) * 53))
        expectAgreement(on: source.awkwardText(Int(seed) * 31))
    }

    @Test(arguments: 1...3)
    func `chunks of a document agree with the printed form of the whole`(chunkCount: Int) {
        var source = SeededBytes(seed: 21)
        let document = source.awkwardText(60)
        let expected = lettersByLoop(over: pythonRepr(document))
        for cut in 0...document.count {
            var counter = LetterCounter(text: .pythonRepr)
            counter.feed(document[..<cut])
            for _ in 1..<chunkCount { counter.feed([]) }
            counter.feed(document[cut...])
            #expect(counter.counts() == expected, "cut at \(cut)")
        }
    }

    private func expectAgreement(on document: [UInt8]) {
        let form = pythonRepr(document)
        #expect(LetterCounter.count(document, text: .pythonRepr) == lettersByLoop(over: form), "\(form)")
    }
}

/// Really builds `str(document)` as Python would.
private func pythonRepr(_ document: [UInt8]) -> String {
    let quote = document.contains(UInt8(ascii: "'")) && !document.contains(UInt8(ascii: "\"")) ? "\"" : "'"
    var text = "b" + quote
    for byte in document {
        let character = String(Unicode.Scalar(byte))
        switch byte {
        case UInt8(ascii: "\t"): text += "\\t"
        case UInt8(ascii: "\n"): text += "\\n"
        case UInt8(ascii: "\r"): text += "\\r"
        case UInt8(ascii: "\\"): text += "\\\\"
        case UInt8(ascii: "'"): text += quote == "'" ? "\\'" : "'"
        case 0x20..<0x7f: text += character
        default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
    return text + quote
}

/// What a loop over the characters counts when it looks each one up in a table of 26.
private func lettersByLoop(over text: String) -> LetterCounts {
    var counts = LetterCounts()
    for character in text.lowercased() where LetterCounts.alphabet.contains(character) { counts[character] += 1 }
    return counts
}
