// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

@testable import lettercount

/// Made partial counts, different for each seed.
enum PartialCounts {
    static func some(_ count: Int, using random: inout some RandomNumberGenerator) -> [PartialCount] {
        (0..<count).map { number in
            var part = PartialCount()
            let shards = Int.random(in: 1...3, using: &random)
            part.batches = [
                BatchIdentity(name: "batch \(number)", shard: Shard(.random(in: 1...shards), of: shards) ?? .whole)
            ]
            part.text = .letters
            part.documents = .random(in: 0...1_000, using: &random)
            part.bytes = .random(in: 0...1 << 40, using: &random)
            for index in 0..<26 { part.letters[at: index] = .random(in: 0...1 << 40, using: &random) }
            part.failures = (0..<Int.random(in: 0...2, using: &random)).map {
                FailedDocument(source: "document \(number).\($0) \u{e9}\"\\\u{1}\u{10ffff}", reason: "no such file")
            }
            return part
        }
    }

    /// In any order and groups.
    static func sum(
        _ parts: [PartialCount], using random: inout some RandomNumberGenerator
    ) throws -> PartialCount {
        var parts = parts.shuffled(using: &random)
        while parts.count > 1 {
            let part = parts.remove(at: .random(in: parts.indices, using: &random))
            try parts[.random(in: parts.indices, using: &random)].merge(part)
        }
        return parts.first ?? PartialCount()
    }
}

/// The same numbers in each run (splitmix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
