// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A file of the package as the rules see it: its path in the package, its text, and its code alone.
struct SourceFile: Sendable {
    let path: String
    let lines: [String]
    /// The same lines, with blanks in place of comments and of what string literals say.
    let code: [String]
    /// For each line, whether a comment stands on it.
    let hasComment: [Bool]

    init(_ path: String, _ text: String) {
        self.path = path
        lines = Self.split(text)
        var reader = CodeReader(text)
        reader.read()
        code = Self.split(String(decoding: reader.code, as: UTF8.self))
        hasComment = lines.indices.map { reader.commentLines.contains($0) }
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // What follows the last newline is no line.
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The code's lines with their numbers, the first being 1.
    var numberedCode: [(number: Int, text: String)] { code.enumerated().map { ($0.offset + 1, $0.element) } }

    func violation(_ line: Int, _ what: String) -> Violation { Violation(path: path, line: line, what: what) }

    /// The modules that the file imports.
    var imports: [(line: Int, module: String)] {
        numberedCode.compactMap { line in
            let words = line.text.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let position = words.firstIndex(of: "import"),
                words[..<position].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains(String($0)) })
            else { return nil }
            // `import struct Module.Type` names a kind first.
            let name = words[(position + 1)...].first { !Self.importKinds.contains(String($0)) }
            return name.map { (line.number, String($0.prefix { $0 != "." && $0 != ";" })) }
        }
    }

    private static let accessLevels: Set = ["public", "package", "internal", "fileprivate", "private"]
    private static let importKinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
}

/// A rule broken at a place.
struct Violation: Hashable, CustomStringConvertible {
    let path: String
    let line: Int
    let what: String

    var description: String { "\(path):\(line): \(what)" }
}
