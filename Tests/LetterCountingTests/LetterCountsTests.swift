// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LetterCounting
import TestSupport
import Testing

@Suite struct LetterCountsTests {
    private let sample = LetterCounts(alphabetical: (1...26).map { UInt64($0) })

    @Test func `new counts are zero`() {
        #expect(LetterCounts().total == 0)
        #expect(LetterCounts().map(\.count) == Array(repeating: 0, count: 26))
    }

    @Test func `a letter and its position name the same count`() {
        var counts = LetterCounts()
        counts["c"] = 7
        #expect(counts[at: 2] == 7)
        counts[at: 25] = 9
        #expect(counts["z"] == 9)
        #expect(counts.total == 16)
    }

    @Test func `iteration gives the letters in their order with their counts`() {
        #expect(String(sample.map(\.letter)) == "abcdefghijklmnopqrstuvwxyz")
        #expect(sample.map(\.count) == (1...26).map { UInt64($0) })
        #expect(LetterCounts.alphabet == sample.map(\.letter))
    }

    @Test func `a sum is taken letter by letter`() {
        var sum = sample + sample
        #expect(sum.map(\.count) == (1...26).map { UInt64($0) * 2 })
        sum += sample
        #expect(sum.total == 3 * sample.total)
        #expect(sample.total == 351)
    }

    @Test func `a share is a part of the whole, and zero where nothing was counted`() {
        var counts = LetterCounts()
        #expect(counts.share(of: "e") == 0)
        counts["e"] = 3
        counts["t"] = 1
        #expect(counts.share(of: "e") == 0.75)
        #expect(counts.share(of: "q") == 0)
    }

    @Test func `equality and hash consider every letter`() {
        for letter in LetterCounts.alphabet {
            var other = sample
            other[letter] += 1
            #expect(other != sample)
            #expect(Set([sample, other, sample]).count == 2)
        }
    }

    @Test func `the description names the letters that occur`() {
        var counts = LetterCounts()
        #expect(counts.description == "no letters")
        counts["e"] = 12
        counts["a"] = 3
        #expect(counts.description == "a 3, e 12")
    }

    @Test func `the value is its 208 bytes and may be copied as such`() {
        func isBitwiseCopyable<T: BitwiseCopyable>(_: T.Type) -> Bool { true }
        #expect(isBitwiseCopyable(LetterCounts.self))
        #expect(MemoryLayout<LetterCounts>.size == 26 * 8)
        #expect(MemoryLayout<LetterCounts>.stride == 26 * 8)
    }
}

@Suite(.leavesNothingBehind) struct LetterCountsRefusalTests {
    @Test(arguments: ["A", "é", "1", " ", "ß"])
    func `anything but a small letter ends the program`(letter: String) async {
        await #expect(processExitsWith: .failure) { [letter = letter as String] in
            _ = LetterCounts()[Character(letter)]
        }
    }

    @Test func `a table that has not 26 counts ends the program`() async {
        await #expect(processExitsWith: .failure) { _ = LetterCounts(alphabetical: [1, 2, 3]) }
    }
}

@Suite struct LetterCountsCodingTests {
    private let sample = LetterCounts(alphabetical: (0..<26).map { UInt64.max - $0 })

    @Test func `JSON brings back exactly what went in`() throws {
        let data = try JSONEncoder().encode(sample)
        #expect(try JSONDecoder().decode(LetterCounts.self, from: data) == sample)
    }

    @Test func `JSON is one object keyed by letter`() throws {
        var counts = LetterCounts()
        counts["b"] = 2
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let expected = "{" + LetterCounts.alphabet.map { "\"\($0)\":\($0 == "b" ? 2 : 0)" }.joined(separator: ",") + "}"
        #expect(String(decoding: try encoder.encode(counts), as: UTF8.self) == expected)
    }

    @Test(arguments: LetterCounts.alphabet.map(String.init))
    func `a table that lacks a letter is not decoded`(missing: String) throws {
        let table = Dictionary(uniqueKeysWithValues: LetterCounts.alphabet.map { (String($0), 1) })
        let data = try JSONEncoder().encode(table.filter { $0.key != missing })
        #expect {
            try JSONDecoder().decode(LetterCounts.self, from: data)
        } throws: { error in
            guard case DecodingError.keyNotFound(let key, _) = error else { return false }
            return key.stringValue == missing
        }
    }

    @Test func `a negative count is not decoded`() throws {
        var table = Dictionary(uniqueKeysWithValues: LetterCounts.alphabet.map { (String($0), 1) })
        table["k"] = -1
        let data = try JSONEncoder().encode(table)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(LetterCounts.self, from: data) }
    }
}
