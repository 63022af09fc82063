// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Documents that look like English text and whose letters are known without counting them.
///
/// They have the names of the first RFCs from 1000 on, so that a command written for those works against a server
/// of generated documents too. The same arguments make the same documents, byte for byte, everywhere. All of them are
/// made at once and held: twenty take 3.5 MB, and 50 milliseconds in a release build.
public struct GeneratedCorpus: Sendable {
    /// `rfc1000.txt`, `rfc1001.txt`, …
    public let names: [String]

    /// How often "a" to "z" occur in all documents together, capitals included.
    ///
    /// Known by construction, as the sum over the words that were written; nothing was counted in the text.
    public let expectedLetters: [UInt64]

    private let documents: [String: GeneratedText]

    /// - Parameters:
    ///   - documentCount: how many there are; not negative.
    ///   - byteCounts: between which sizes the documents vary. A document exceeds its size by less than a paragraph.
    ///   - seed: another seed makes other documents.
    public init(
        documentCount: Int = 20, byteCounts: ClosedRange<Int> = 40_000...300_000, seed: UInt64 = 1_000
    ) {
        var random = SeededGenerator(seed: seed)
        let texts = (0..<documentCount).map { number in
            // Each has a generator of its own, so that a document does not change with the sizes of those before.
            let own = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
            return GeneratedText(byteCount: random.number(in: byteCounts), random: own)
        }
        names = texts.indices.map { "rfc\(1_000 + $0).txt" }
        documents = Dictionary(uniqueKeysWithValues: zip(names, texts))
        expectedLetters = texts.reduce(into: [UInt64](repeating: 0, count: 26)) { total, text in
            for (index, count) in text.letters.enumerated() { total[index] += count }
        }
    }

    /// The bytes of a document, or `nil` if there is none of this name.
    public func document(named name: String) -> [UInt8]? {
        documents[name]?.bytes
    }

    /// How often "a" to "z" occur in one document, or `nil` if there is none of this name.
    public func expectedLetters(inDocument name: String) -> [UInt64]? {
        documents[name]?.letters
    }
}
