// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import LetterCounting
import Testing

@Suite struct GeneratedCorpusTests {
    private static let usual = GeneratedCorpus()

    @Test func `the known letters are those that counting finds`() throws {
        let corpus = Self.usual
        var total = LetterCounts()
        for name in corpus.names {
            let counted = LetterCounter.count(try #require(corpus.document(named: name)))
            let expected = try #require(corpus.expectedLetters(inDocument: name))
            #expect(counted == LetterCounts(alphabetical: expected), "\(name)")
            total += counted
        }
        #expect(total == LetterCounts(alphabetical: corpus.expectedLetters))
        #expect(total.allSatisfy { $0.count > 0 }, "every letter occurs")
    }

    @Test func `there are twenty documents, named as the first RFCs from 1000 on`() {
        #expect(Self.usual.names == (1000...1019).map { "rfc\($0).txt" })
        #expect(Self.usual.document(named: "rfc1020.txt") == nil)
        #expect(Self.usual.expectedLetters(inDocument: "rfc999.txt") == nil)
    }

    @Test func `documents vary in size between the limits`() throws {
        let sizes = try Self.usual.names.map { try #require(Self.usual.document(named: $0)).count }
        #expect(sizes.allSatisfy { (40_000...302_000).contains($0) }, "\(sizes)")
        #expect(Set(sizes).count == 20)
        #expect(sizes.max()! > 2 * sizes.min()!)
    }

    @Test func `the same arguments make the same bytes, whenever and wherever`() {
        let corpus = GeneratedCorpus(documentCount: 3, byteCounts: 1_000...5_000)
        // Written down once: other values mean that texts have changed for everybody who compares with older ones.
        let expected: [UInt64] = [11_157_350_703_454_302_931, 1_584_305_246_958_344_019, 15_235_017_947_168_061_414]
        #expect(corpus.names.map { checksum(corpus.document(named: $0) ?? []) } == expected)
    }

    @Test func `another seed makes other documents`() {
        let first = GeneratedCorpus(documentCount: 1, byteCounts: 1_000...1_000)
        let second = GeneratedCorpus(documentCount: 1, byteCounts: 1_000...1_000, seed: 7)
        #expect(first.document(named: "rfc1000.txt") != second.document(named: "rfc1000.txt"))
    }

    @Test func `a document does not depend on how many there are`() {
        let corpus = GeneratedCorpus(documentCount: 7)
        #expect(corpus.document(named: "rfc1006.txt") == Self.usual.document(named: "rfc1006.txt"))
    }

    @Test func `a corpus may be empty`() {
        let corpus = GeneratedCorpus(documentCount: 0)
        #expect(corpus.names.isEmpty)
        #expect(corpus.expectedLetters == Array(repeating: 0, count: 26))
    }

    @Test func `the text has what makes a text awkward to count`() throws {
        let document = try #require(Self.usual.document(named: "rfc1000.txt"))
        for mark in "'\".,;?()[]\n\u{c}0123456789AQ" {
            #expect(document.contains(try #require(mark.asciiValue)), "\(mark.debugDescription)")
        }
        #expect(document.allSatisfy { $0 == 10 || $0 == 12 || (32..<127).contains($0) })
        #expect(document.split(separator: 10).allSatisfy { $0.count <= 80 })
    }

    /// FNV-1a.
    private func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
