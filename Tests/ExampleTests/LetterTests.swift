// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import TestSupport
import Testing

@Suite("The examples that count letters", .leavesNothingBehind) struct LetterTests {
    private static let expected = GeneratedCorpus().expectedLetters.map { Int($0) }
    private static let total = expected.reduce(0, +)

    @Test func `one after the other the table is exact and the delays add up`() async throws {
        let lines = try await Example.lines(of: "letters-sequential")
        try #require(lines.count == 28)
        #expect(lines.prefix(26).map { String($0.prefix(1)) } == "abcdefghijklmnopqrstuvwxyz".map { String($0) })
        #expect(lines.prefix(26).map { $0.numbers.last } == Self.expected)
        let sum = lines[26].numbers
        #expect(sum.prefix(2) == [Self.total, 20])
        #expect(try #require(sum.last) >= 20 * 100)
        #expect(lines[27] == "The table is exact.")
    }

    /// Whether any is lost is up to the processors; that the number is true is not.
    @Test func `the race tells truly how many updates were lost`() async throws {
        let lines = try await Example.lines(of: "letters-racing-threads")
        try #require(lines.count == 3)
        let counted = try #require(lines[0].numbers.first)
        #expect(lines[1] == "There are \(Self.total) letters")
        let lost = Self.total - counted
        #expect(lost >= 0 && lost < Self.total)
        #expect(lines[2] == (lost == 0 ? "No update was lost this time." : "\(lost) updates were lost."))
    }

    @Test(arguments: ["letters-with-a-lock", "letters-with-atomics", "letters-sharded"])
    func `each repair is exact`(name: String) async throws {
        let lines = try await Example.lines(of: name)
        try #require(lines.count == 2)
        #expect(lines[0].hasPrefix("Counted \(Self.total) letters in "))
        #expect(lines[1] == "The table is exact.")
    }
}
