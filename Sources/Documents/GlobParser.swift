// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads a pattern's characters into tokens.
struct GlobParser {
    /// Why a pattern cannot be understood; a mistake is told rather than taken literally, for then it would match
    /// nothing.
    enum Problem: Error, CustomStringConvertible {
        case unclosedSet, backwardRange, characterClass, trailingBackslash

        var description: String {
            switch self {
            case .unclosedSet: "the pattern's [ has no ]; write \\[ for the character itself"
            case .backwardRange: "a range in the pattern's [ ] runs backwards"
            case .characterClass: "classes such as [:alpha:] are not understood; write [a-z]"
            case .trailingBackslash:
                "the pattern ends with a \\ that takes no character; write \\\\ for the character itself"
            }
        }
    }

    private let characters: [Unicode.Scalar]
    private var position = 0
    private var tokens: [Glob.Token] = []

    init(_ pattern: Substring) {
        characters = Array(pattern.unicodeScalars)
    }

    mutating func parse() throws(Problem) -> [Glob.Token] {
        while let character = take() {
            switch character {
            case "*": addStars()
            case "?": tokens.append(.anyCharacter)
            case "[": tokens.append(.set(try parseSet()))
            case "\\": tokens.append(.character(try takeEscaped()))
            default: tokens.append(.character(character))
            }
        }
        return tokens
    }

    private var next: Unicode.Scalar? { position < characters.count ? characters[position] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard let character = next else { return nil }
        position += 1
        return character
    }

    private mutating func takeEscaped() throws(Problem) -> Unicode.Scalar {
        guard let character = take() else { throw .trailingBackslash }
        return character
    }

    /// One star has been taken already.
    private mutating func addStars() {
        let startsName = tokens.isEmpty || tokens.last == .character("/") || tokens.last == .insideFolders
        guard next == "*" else { return tokens.append(.anyCharacters) }
        while next == "*" { position += 1 }
        if startsName, next == "/" {
            position += 1
            tokens += [.anyFolders, .insideFolders]
        } else {
            tokens.append(.anything)
        }
    }

    /// The opening bracket has been taken already.
    private mutating func parseSet() throws(Problem) -> Glob.CharacterSet {
        var set = Glob.CharacterSet()
        if next == "!" || next == "^" {
            set.isNegated = true
            position += 1
        }
        var isFirst = true
        while let character = take() {
            // A bracket that would leave the set empty is one of its characters.
            if character == "]", !isFirst { return set }
            if character == "[", next == ":" { throw .characterClass }
            isFirst = false
            let lower = character == "\\" ? try takeEscaped() : character
            let upper = try takeUpperBound() ?? lower
            if lower > upper { throw .backwardRange }
            set.ranges.append(lower...upper)
        }
        throw .unclosedSet
    }

    /// What stands behind a hyphen, which is only itself at the end of the set.
    private mutating func takeUpperBound() throws(Problem) -> Unicode.Scalar? {
        guard next == "-", position + 1 < characters.count, characters[position + 1] != "]" else { return nil }
        position += 1
        let character = take()
        return character == "\\" ? try takeEscaped() : character
    }
}
