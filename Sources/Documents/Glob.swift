// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pattern for file names, compiled once and matched often. ``SourceOptions/excludes`` describes what is understood.
///
/// Matching follows all ways through the pattern at once, one character after the other. Trying one way after the other
/// would need time that grows exponentially with the stars of a hostile pattern.
struct Glob: Sendable, Hashable {
    /// Whether the pattern speaks of a path below the folder, and not only of the last name.
    let isForPaths: Bool

    private let tokens: [Token]

    init(_ pattern: String) throws(SourceError) {
        var trimmed = pattern[...]
        // A slash at the end only says "a folder", one at the start "from the top".
        while trimmed.last == "/" { trimmed.removeLast() }
        isForPaths = trimmed.contains("/")
        while trimmed.first == "/" { trimmed.removeFirst() }
        if trimmed.isEmpty { throw .malformed(source: pattern, problem: "the pattern is empty") }
        var parser = GlobParser(trimmed)
        do throws(GlobParser.Problem) {
            tokens = try parser.parse()
        } catch {
            throw .malformed(source: pattern, problem: error.description)
        }
    }

    /// Whether all of `text`, a name or a path without a slash at its ends, fits the pattern.
    func matches(_ text: String) -> Bool {
        // Element i: all before token i has been matched by what has been read so far.
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        reached[0] = true
        skipOptionalTokens(&reached)
        for character in text.unicodeScalars {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for index in tokens.indices where reached[index] {
                step(from: index, over: character, to: &next)
            }
            skipOptionalTokens(&next)
            reached = next
        }
        return reached[tokens.count]
    }

    private func step(from index: Int, over character: Unicode.Scalar, to next: inout [Bool]) {
        switch tokens[index] {
        case .character(let wanted): if character == wanted { next[index + 1] = true }
        case .anyCharacter: if character != "/" { next[index + 1] = true }
        case .set(let set): if character != "/", set.contains(character) { next[index + 1] = true }
        case .anyCharacters: if character != "/" { next[index] = true }
        case .anything: next[index] = true
        case .anyFolders: break
        case .insideFolders:
            next[index] = true
            if character == "/" { next[index + 1] = true }
        }
    }

    private func skipOptionalTokens(_ reached: inout [Bool]) {
        for index in tokens.indices where reached[index] {
            switch tokens[index] {
            case .anyCharacters, .anything:
                reached[index + 1] = true
            case .anyFolders:
                reached[index + 1] = true
                reached[index + 2] = true
            case .character, .anyCharacter, .set, .insideFolders:
                break
            }
        }
    }
}

extension Glob {
    enum Token: Sendable, Hashable {
        case character(Unicode.Scalar)
        /// `?`
        case anyCharacter
        /// `[…]`
        case set(CharacterSet)
        /// `*`
        case anyCharacters
        /// `**`
        case anything
        /// The start of `**/`, which is followed by `insideFolders` and matches nothing, or whole folders.
        case anyFolders
        case insideFolders
    }

    struct CharacterSet: Sendable, Hashable {
        var isNegated = false
        var ranges: [ClosedRange<Unicode.Scalar>] = []

        func contains(_ character: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(character) } != isNegated
        }
    }
}
