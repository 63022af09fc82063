// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Testing

@testable import lettercount

@Suite struct PartialCountTests {
    @Test(arguments: 0..<100)
    func `the sum is the same in whatever order and groups it is made, also through its lines`(seed: UInt64) throws {
        var dice = Dice(seed)
        let parts = PartialCounts.some(.random(in: 0...20, using: &dice), using: &dice)
        let expected = PartialLine.text(of: try PartialCounts.sum(parts, using: &dice))
        for _ in 0..<5 {
            let read = try parts.map { try PartialLine.count(from: PartialLine.text(of: $0)) }
            #expect(PartialLine.text(of: try PartialCounts.sum(read, using: &dice)) == expected)
        }
    }

    @Test func `nothing is the identity, on both sides`() throws {
        var dice = Dice(1)
        let part = PartialCounts.some(1, using: &dice)[0]
        var (left, right) = (part, PartialCount())
        try left.merge(PartialCount())
        try right.merge(part)
        #expect(left == part && right == part)
        #expect(try PartialLine.count(from: PartialLine.text(of: PartialCount())) == PartialCount())
    }

    @Test func `a line is one line, and comes back as it was`() throws {
        var dice = Dice(2)
        for part in PartialCounts.some(50, using: &dice) {
            let line = PartialLine.text(of: part)
            #expect(line.count { $0 == "\n" } == 1 && line.last == "\n")
            #expect(try PartialLine.count(from: line) == part)
        }
    }

    @Test func `a batch is not added twice, and the sum stays as it was`() throws {
        var dice = Dice(3)
        let parts = PartialCounts.some(3, using: &dice)
        var sum = try PartialCounts.sum(parts, using: &dice)
        let before = sum
        #expect(throws: MergeProblem.countedTwice(try #require(parts[1].batches.first))) { try sum.merge(parts[1]) }
        #expect(sum == before)
    }

    @Test func `interpretations are not mixed`() throws {
        var dice = Dice(4)
        var parts = PartialCounts.some(2, using: &dice)
        parts[1].text = .pythonRepr
        #expect(throws: MergeProblem.mixedTexts(.letters, .pythonRepr)) { try parts[0].merge(parts[1]) }
    }

    @Test func `what is too large for 64 bits is an error`() throws {
        var (one, other, third) = (PartialCount(), PartialCount(), PartialCount())
        (one.letters["a"], other.letters["a"], third.letters["b"]) = (.max, 1, 1)
        for part in [other, third] { #expect(throws: MergeProblem.tooLarge) { try one.merge(part) } }
        (one.bytes, one.letters, other.bytes, other.letters) = (.max, LetterCounts(), 1, LetterCounts())
        #expect(throws: MergeProblem.tooLarge) { try one.merge(other) }
        (one.documents, one.bytes, other.documents) = (.max, 0, 1)
        #expect(throws: MergeProblem.tooLarge) { try one.merge(other) }
    }

    @Test func `missing shards and two divisions of one list are noticed`() throws {
        var sum = PartialCount()
        sum.batches = Set([1, 3].compactMap { Shard($0, of: 4) }.map { BatchIdentity(name: "a", shard: $0) })
        sum.batches.insert(BatchIdentity(name: "b"))
        #expect(sum.missingShards.map(\.description) == ["a, shard 2/4", "a, shard 4/4"])
        #expect(sum.twiceDivided == nil)
        sum.batches.insert(BatchIdentity(name: "a", shard: try #require(Shard(1, of: 2))))
        #expect(sum.twiceDivided?.name == "a")
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", #"{"lettercount": 2}"#, #"{"letters": {}}"#, #"{"lettercount": 1}"#,
    ])
    func `damaged lines are refused`(line: String) {
        #expect(throws: PartialLine.Damage.self) { try PartialLine.count(from: line) }
    }

    @Test func `a line that was cut off anywhere is refused, and so is one with a number that is none`() throws {
        var dice = Dice(5)
        let part = PartialCounts.some(1, using: &dice)[0]
        let line = PartialLine.text(of: part)
        for length in 0..<(line.utf8.count - 1) {
            let cut = String(decoding: line.utf8.prefix(length), as: UTF8.self)
            #expect(throws: PartialLine.Damage.self) { try PartialLine.count(from: cut) }
        }
        for number in ["-1", "1.5", "18446744073709551616", "\"1\"", "null", "true"] {
            let changed = line.replacing("\"a\": \(part.letters["a"])", with: "\"a\": \(number)")
            #expect(throws: PartialLine.Damage.self, "\(number)") { try PartialLine.count(from: changed) }
        }
    }

    @Test func `lists of names have digests of their own`() {
        func digest(_ names: [String]) -> String {
            let digest = BatchDigest()
            for name in names { digest.add(name) }
            return digest.text
        }
        // The algorithm's own offset: nothing was added.
        #expect(digest([]) == "6c62272e07bb014262b821756295c58d")
        let lists = [[], [""], ["a"], ["a", "b"], ["b", "a"], ["ab"], ["a", "", "b"], ["a\0b"]]
        #expect(Set(lists.map(digest)).count == lists.count - 1, "a zero byte, which is in no name, ends one")
    }

    @Test func `a mixture is of shares, whatever the sizes are`() throws {
        var (small, large) = (PartialCount(), PartialCount())
        (small.letters["a"], large.letters["a"], large.letters["b"]) = (1, 3_000_000, 1_000_000)
        (small.batches, large.batches) = ([BatchIdentity(name: "s")], [BatchIdentity(name: "l")])
        let mixture = try Mixture([
            .init(name: "s", weight: 3, count: small), .init(name: "l", weight: 1, count: large),
        ])
        #expect(mixture.shares[0].share == 0.75 + 0.25 * 0.75 && mixture.shares[1].share == 0.25 * 0.25)
        #expect(mixture.parts.map(\.weight) == [0.75, 0.25])
        #expect(throws: Refusal.self) { try Mixture([.init(name: "none", weight: 1, count: PartialCount())]) }
    }
}
