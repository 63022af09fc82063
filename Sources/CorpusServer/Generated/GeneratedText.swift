// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Writes one document: indented paragraphs of sentences, on pages that end with a form feed.
///
/// Every letter gets into the text through `add(word:)`, which notes the word. So the letters are known without
/// looking at the text.
struct GeneratedText {
    private(set) var bytes: [UInt8] = []
    // A global is looked up anew at each use, and a word is used half a million times.
    private let words = Vocabulary.words
    private var uses = [UInt64](repeating: 0, count: Vocabulary.words.count)
    private var random: SeededGenerator
    private var column = 0
    private var line = 1
    private var page = 1

    private static let columns = 72
    private static let linesOfPage = 56

    /// A text that ends with the first paragraph to reach this many bytes; a paragraph has well under 2,000.
    init(byteCount: Int, random: SeededGenerator) {
        self.random = random
        bytes.reserveCapacity(byteCount + 2_000)
        while bytes.count < byteCount { addParagraph() }
        endPage()
    }

    /// How often "a" to "z" occur, added up from the words that were used.
    var letters: [UInt64] {
        var letters = [UInt64](repeating: 0, count: 26)
        for (word, uses) in zip(words, uses) where uses > 0 {
            for index in letters.indices { letters[index] += word.letters[index] * uses }
        }
        return letters
    }

    private mutating func addParagraph() {
        for _ in 0..<random.number(in: 2...6) { addSentence() }
        endLine()
        endLine()
    }

    private mutating func addSentence() {
        let length = random.number(in: 4...18)
        let isQuoted = random.oneIn(12)
        for position in 1...length {
            separate()
            if isQuoted && position == 1 { add("\"") }
            add(word: randomWord(), capital: position == 1)
            if position < length && random.oneIn(9) { add(random.oneIn(5) ? ";" : ",") }
            if random.oneIn(60) { add(" (\(random.number(in: 1...999)))") }
        }
        add(random.oneIn(10) ? "?" : ".")
        if isQuoted { add("\"") }
    }

    /// The product of two draws makes the words at the front of the list the frequent ones, as in a language.
    private mutating func randomWord() -> Int {
        let count = words.count
        return random.below(count) * random.below(count) / count
    }

    /// Space between two words: a blank, or a new line when the rest of this one is short.
    private mutating func separate() {
        if column > Self.columns - 14 { endLine() }
        if column == 0 { return add("   ") }
        // By far the most frequent mark, so without a string.
        bytes.append(UInt8(ascii: " "))
        column += 1
    }

    private mutating func add(word index: Int, capital: Bool) {
        let start = bytes.count
        bytes += words[index].bytes
        if capital { bytes[start] -= 32 }
        column += bytes.count - start
        uses[index] += 1
    }

    /// Anything without letters.
    private mutating func add(_ marks: String) {
        bytes += marks.utf8
        column += marks.utf8.count
    }

    private mutating func endLine() {
        add("\n")
        column = 0
        line += 1
        if line > Self.linesOfPage { endPage() }
    }

    private mutating func endPage() {
        add("\n   [")
        add(word: Vocabulary.page, capital: true)
        add(" \(page)]\n\u{c}\n")
        (column, line, page) = (0, 1, page + 1)
    }
}
