// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How often each of the 26 letters occurs, "a" and "A" being one letter.
///
/// A value without references: its bytes are the whole of it, so it may travel between processes as they are.
/// It knows nothing of the bytes that were no letters, nor of how many bytes or documents were counted.
/// To count something use ``LetterCounter``; to keep all 256 byte values apart use ``ByteHistogram``.
///
/// ```swift
/// var counts = LetterCounter.count(document)
/// counts += others
/// print(counts["e"], counts.share(of: "e"))
/// for (letter, count) in counts { … }         // always the 26 of them, from "a" to "z"
/// ```
public struct LetterCounts: Sendable, BitwiseCopyable {
    /// In the order of the alphabet. Inline, because an array would be a reference and could not travel as bytes.
    ///
    /// Internal for the kernels, which add to all of it at once.
    var storage: InlineArray<26, UInt64>

    /// Twenty-six zeros.
    public init() {
        storage = InlineArray(repeating: 0)
    }

    /// The given counts in the order of the alphabet, for counts that were made elsewhere.
    ///
    /// - Precondition: there are exactly 26.
    public init(alphabetical counts: some Collection<UInt64>) {
        precondition(counts.count == 26, "a letter table has 26 counts, not \(counts.count)")
        self.init()
        for (index, count) in counts.enumerated() { storage[index] = count }
    }

    /// The count of one letter.
    ///
    /// - Precondition: `letter` is one of "a" to "z". A capital is refused rather than folded: here it could only
    ///   be a mistake, since the counts of both are in the small one.
    public subscript(letter: Character) -> UInt64 {
        get { storage[Self.index(of: letter)] }
        set { storage[Self.index(of: letter)] = newValue }
    }

    /// The count of the letter at a position of the alphabet, "a" being 0 and "z" 25.
    ///
    /// - Precondition: `index` is in `0..<26`.
    public subscript(at index: Int) -> UInt64 {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    /// How many letters there are in all.
    public var total: UInt64 {
        var sum: UInt64 = 0
        for index in storage.indices { sum += storage[index] }
        return sum
    }

    /// The part of all letters that one letter makes up, from 0 to 1; 0 where nothing was counted.
    ///
    /// - Precondition: `letter` is one of "a" to "z".
    public func share(of letter: Character) -> Double {
        let count = self[letter]
        // The total cannot be zero when the count is not, and 0/0 would print as "nan" in somebody's table.
        return count == 0 ? 0 : Double(count) / Double(total)
    }

    /// Letter by letter the sum of both.
    ///
    /// - Precondition: no sum exceeds `UInt64.max`, which a billion files of 18 GB each would just reach.
    public static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum += right
        return sum
    }

    /// Letter by letter the difference.
    ///
    /// - Precondition: no count of `right` is greater than the same one of `left`.
    public static func - (left: Self, right: Self) -> Self {
        var difference = left
        for index in left.storage.indices { difference.storage[index] -= right.storage[index] }
        return difference
    }

    /// Adds the other's counts letter by letter, under the same limit as `+`.
    public static func += (left: inout Self, right: Self) {
        for index in left.storage.indices { left.storage[index] += right.storage[index] }
    }
}

extension LetterCounts {
    /// The letters "a" to "z" in their order: the letter at position `i` is the one of `self[at: i]`.
    public static let alphabet: [Character] = (UInt8(ascii: "a")...UInt8(ascii: "z")).map {
        Character(Unicode.Scalar($0))
    }

    private static func index(of letter: Character) -> Int {
        guard let byte = letter.asciiValue, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) else {
            preconditionFailure("only the letters a to z are counted, and \"\(letter)\" is none of them")
        }
        return Int(byte - UInt8(ascii: "a"))
    }
}

extension LetterCounts: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        left.storage.indices.allSatisfy { left.storage[$0] == right.storage[$0] }
    }

    public func hash(into hasher: inout Hasher) {
        for index in storage.indices { hasher.combine(storage[index]) }
    }
}

extension LetterCounts: CustomStringConvertible {
    /// The letters that occur with their counts, as in `a 3, e 12`; "no letters" where none does.
    public var description: String {
        let present = filter { $0.count > 0 }
        return present.isEmpty ? "no letters" : present.map { "\($0.letter) \($0.count)" }.joined(separator: ", ")
    }
}
