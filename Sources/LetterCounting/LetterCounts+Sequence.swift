// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Goes through the 26 letters in their order, those that do not occur among them.
///
/// A sequence and not a collection, whose `count` would be 26 and whose `isEmpty` would be false whatever was
/// counted.
extension LetterCounts: Sequence {
    public typealias Element = (letter: Character, count: UInt64)

    public struct Iterator: IteratorProtocol, Sendable {
        let counts: LetterCounts
        var position = 0

        public mutating func next() -> LetterCounts.Element? {
            guard position < LetterCounts.alphabet.count else { return nil }
            defer { position += 1 }
            return (LetterCounts.alphabet[position], counts[at: position])
        }
    }

    public var underestimatedCount: Int { 26 }

    public func makeIterator() -> Iterator { Iterator(counts: self) }
}
