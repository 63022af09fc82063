// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A function with a body: where it is declared and how much code it holds.
struct FunctionBody: Equatable {
    let name: String
    /// The line of `func`, `init` or `deinit`.
    let line: Int
    let lastLine: Int
    /// Lines of code between the braces; blank lines and comments do not count.
    let codeLines: Int
}

/// Finds functions by their braces; closures and accessors belong to what encloses them.
enum Functions {
    static func all(in file: SourceFile) -> [FunctionBody] {
        let tokens = Tokens.all(in: file)
        return tokens.indices.compactMap { index in
            guard let name = declaredName(at: index, tokens), let open = opening(after: index, tokens) else {
                return nil
            }
            let close = closing(of: open, tokens)
            let (first, last) = (tokens[open].line, tokens[close].line)
            // The lines of both braces are not the body's, unless all stands on one line.
            let inner = tokens[open...close].dropFirst().dropLast().map(\.line)
            let body = first == last ? Set(inner) : Set(inner).subtracting([first, last])
            return FunctionBody(name: name, line: tokens[index].line, lastLine: last, codeLines: body.count)
        }
    }

    private static func declaredName(at index: Int, _ tokens: [Token]) -> String? {
        switch tokens[index].text {
        case "func": return index + 1 < tokens.count ? tokens[index + 1].text : nil
        case "deinit": return "deinit"
        case "init":
            // `self.init(…)` and `.init(…)` are calls.
            guard index == 0 || tokens[index - 1].text != ".", index + 1 < tokens.count else { return nil }
            return ["(", "?", "!", "<"].contains(tokens[index + 1].text) ? "init" : nil
        default: return nil
        }
    }

    /// The body's opening brace; `nil` for a requirement, which has none.
    private static func opening(after index: Int, _ tokens: [Token]) -> Int? {
        var depth = 0
        for next in tokens.indices[(index + 1)...] {
            switch tokens[next].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return next
            // A closure as a default value.
            case "{": depth += 1
            case "}" where depth > 0: depth -= 1
            case "}", "func", "init", "var", "let", "subscript", "static", "associatedtype", "mutating":
                if depth == 0 { return nil }
            default: break
            }
        }
        return nil
    }

    private static func closing(of open: Int, _ tokens: [Token]) -> Int {
        var depth = 0
        for index in tokens.indices[open...] {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }
}
