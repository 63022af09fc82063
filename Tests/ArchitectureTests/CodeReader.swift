// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Tells a Swift file's code from its comments and string literals.
///
/// It knows nested comments, escapes, interpolations (which are code), multi-line and raw strings, and names
/// between backticks. It does not know literals of regular expressions.
struct CodeReader {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 0
    private(set) var code: [UInt8] = []
    private(set) var commentLines: Set<Int> = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func read() { readCode(untilParenthesis: false) }

    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 0
        while position < bytes.count {
            if starts("//") {
                skipLineComment()
            } else if starts("/*") {
                skipBlockComment()
            } else if let hashes = openingOfString() {
                skipString(hashes)
            } else if starts("`") {
                readName()
            } else {
                if starts("(") { depth += 1 }
                if starts(")") { depth -= 1 }
                if untilParenthesis && depth < 0 { return }
                take(1, asCode: true)
            }
        }
    }

    private mutating func skipLineComment() {
        commentLines.insert(line)
        while position < bytes.count && !starts("\n") { take(1, asCode: false) }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            commentLines.insert(line)
            if starts("/*") {
                depth += 1
                take(2, asCode: false)
            } else if starts("*/") {
                depth -= 1
                take(2, asCode: false)
            } else {
                take(1, asCode: false)
            }
        } while depth > 0 && position < bytes.count
    }

    /// A name that is a sentence is blanked: it may hold anything.
    private mutating func readName() {
        let end = bytes[(position + 1)...].firstIndex(of: UInt8(ascii: "`")) ?? bytes.count - 1
        let isSentence = bytes[position...end].contains(UInt8(ascii: " "))
        take(end + 1 - position, asCode: !isSentence)
    }

    /// The number of `#` before the quotation mark, when a string begins here.
    private func openingOfString() -> Int? {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let quote = position + hashes
        return quote < bytes.count && bytes[quote] == UInt8(ascii: "\"") ? hashes : nil
    }

    private mutating func skipString(_ hashes: Int) {
        let marks = String(repeating: "#", count: hashes)
        take(hashes, asCode: false)
        let isLong = starts("\"\"\"")
        let quotes = isLong ? "\"\"\"" : "\""
        take(quotes.utf8.count, asCode: false)
        while position < bytes.count && !starts(quotes + marks) {
            if starts("\\" + marks + "(") {
                take(hashes + 2, asCode: false)
                readCode(untilParenthesis: true)
            } else if starts("\\" + marks) {
                take(hashes + 2, asCode: false)
            } else if !isLong && starts("\n") {
                return
            } else {
                take(1, asCode: false)
            }
        }
        take(quotes.utf8.count + hashes, asCode: false)
    }

    private func starts(_ text: StaticString) -> Bool {
        starts(text.description)
    }

    private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private mutating func take(_ count: Int, asCode: Bool) {
        for byte in bytes[position..<min(position + count, bytes.count)] {
            let isNewline = byte == UInt8(ascii: "\n")
            code.append(asCode || isNewline ? byte : UInt8(ascii: " "))
            if isNewline { line += 1 }
        }
        position = min(position + count, bytes.count)
    }
}
