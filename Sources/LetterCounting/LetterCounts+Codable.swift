// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Coded as an object with the 26 keys "a" to "z", so that a table in JSON reads as one.
///
/// The order of the keys is the encoder's affair. Decoding insists on all 26, because a missing letter is more likely
/// a cut-off table than a zero, and ignores every other key.
extension LetterCounts: Codable {
    private struct LetterKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ letter: Character) { stringValue = String(letter) }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: LetterKey.self)
        for letter in Self.alphabet { self[letter] = try container.decode(UInt64.self, forKey: LetterKey(letter)) }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: LetterKey.self)
        for (letter, count) in self { try container.encode(count, forKey: LetterKey(letter)) }
    }
}
