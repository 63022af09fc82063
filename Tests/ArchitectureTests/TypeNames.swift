// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The names of types in a file: those that it declares and those that it mentions.
enum TypeNames {
    /// `Outer` for a type at top level, `Outer.Inner` for a nested one, also within an extension.
    ///
    /// Without those that other files cannot name: local types, and private ones at top level.
    static func declared(in file: SourceFile) -> Set<String> { read(file).found }

    /// The simple names of all types that the file declares, at whatever level.
    static func own(in file: SourceFile) -> Set<String> { read(file).own }

    private static func read(_ file: SourceFile) -> DeclarationReader {
        var reader = DeclarationReader()
        for token in Tokens.all(in: file) { reader.read(token) }
        return reader
    }

    /// Each name, and each name with the one after its dot, with its line.
    static func mentioned(in file: SourceFile) -> [(line: Int, name: String)] {
        let tokens = Tokens.all(in: file)
        return tokens.indices.flatMap { index -> [(line: Int, name: String)] in
            let token = tokens[index]
            guard token.isName else { return [] }
            // After a dot it is a member: the type before the dot is looked at by itself.
            var names = index > 0 && tokens[index - 1].text == "." ? [] : [(token.line, token.text)]
            if index + 2 < tokens.count, tokens[index + 1].text == ".", tokens[index + 2].isName {
                names.append((token.line, token.text + "." + tokens[index + 2].text))
            }
            return names
        }
    }
}

/// Follows braces and collects the types declared at top level or in other types.
private struct DeclarationReader {
    private static let kinds: Set = ["struct", "class", "enum", "protocol", "actor", "typealias", "extension"]
    private static let notNames: Set = ["func", "var", "let", "subscript", "init"]
    private static let privateLevels: Set = ["private", "fileprivate"]

    private(set) var found: Set<String> = []
    private(set) var own: Set<String> = []
    private var enclosing: [(name: String, depth: Int)] = []
    private var depth = 0
    /// The name of the type whose opening brace is yet to come.
    private var pending: String?
    private var previous: [Token] = []

    mutating func read(_ token: Token) {
        if token.text == "{" {
            depth += 1
            if let name = pending { enclosing.append((name, depth)) }
            pending = nil
        } else if token.text == "}" {
            if enclosing.last?.depth == depth { enclosing.removeLast() }
            depth -= 1
        } else if let kind = previous.last?.text, Self.kinds.contains(kind), token.isName {
            if !Self.notNames.contains(token.text) { declare(kind, token) }
        } else if previous.count > 2, previous.last?.text == ".", previous[previous.count - 3].text == "extension" {
            pending? += "." + token.text
        }
        previous = Array((previous + [token]).suffix(8))
    }

    private mutating func declare(_ kind: String, _ token: Token) {
        let name = enclosing.last.map { $0.name + "." + token.text } ?? token.text
        if kind != "typealias" { pending = name }
        let isLocal = depth != (enclosing.last?.depth ?? 0)
        let words = previous.filter { $0.line == token.line }.map(\.text)
        let isPrivate = enclosing.isEmpty && !Self.privateLevels.isDisjoint(with: words)
        if kind == "extension" { return }
        own.insert(token.text)
        if !isLocal && !isPrivate { found.insert(name) }
    }
}
