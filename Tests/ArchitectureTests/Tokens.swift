// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A name or a single sign of the code.
struct Token {
    let line: Int
    let text: String

    var isName: Bool { text.first.map { $0.isLetter || $0 == "_" } ?? false }
}

enum Tokens {
    static func all(in file: SourceFile) -> [Token] { file.numberedCode.flatMap { inLine($0.text, $0.number) } }

    static func inLine(_ text: String, _ number: Int = 0) -> [Token] {
        var tokens: [Token] = []
        var rest = text[...]
        while let first = rest.first {
            let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
            let text = name.isEmpty ? rest.prefix(1) : name
            if !first.isWhitespace { tokens.append(Token(line: number, text: String(text))) }
            rest = rest[text.endIndex...]
        }
        return tokens
    }
}
