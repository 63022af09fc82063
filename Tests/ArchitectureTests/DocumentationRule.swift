// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Every public declaration of the library says what it is.
enum DocumentationRule {
    private static let kinds: Set = [
        "func", "var", "let", "struct", "class", "enum", "protocol", "actor", "typealias", "init", "subscript", "macro",
    ]

    /// Witnesses that the standard library's protocols document.
    private static let witnesses = [
        "var description", "var debugDescription", "func encode(to ", "init(from ", "func hash(into ", "func ==",
        "func <",
        "func makeAsyncIterator", "typealias Element", "typealias AsyncIterator", "typealias Failure",
    ]

    static func violations(in file: SourceFile) -> [Violation] {
        file.numberedCode.compactMap { line in
            let words = Tokens.inLine(line.text).map(\.text)
            guard let level = words.first(where: { $0 == "public" || $0 == "open" }),
                words.first == level || words.first == "@" || words.first == "nonisolated" || words.first == "final",
                !Set(words).isDisjoint(with: kinds), !words.contains("import"), !words.contains("extension"),
                !witnesses.contains(where: { line.text.contains($0) }), !isDocumented(file, line.number)
            else { return nil }
            return file.violation(line.number, "public without a doc comment")
        }
    }

    /// Looks above the declaration, past its attributes.
    private static func isDocumented(_ file: SourceFile, _ number: Int) -> Bool {
        let above = file.lines[..<(number - 1)].reversed().map { $0.drop { $0 == " " } }
        let first = above.first { !$0.hasPrefix("@") }
        return first?.hasPrefix("///") == true || first?.hasSuffix("*/") == true
    }
}

@Suite struct DocumentationRuleTests {
    @Test func `the library's public interface is documented`() {
        let library = SourceTree.sources.filter { $0.path.hasPrefix("Sources/Multiprocessing") && $0.isSwift }
        expectNone(library.flatMap(DocumentationRule.violations), "public declarations have a doc comment")
    }

    @Test(arguments: [
        "public struct A {}", "@frozen public enum A {}", "    public init() {}",
        "// not a doc comment\npublic let a = 1",
        "/// documented\n\npublic func a() {}", "public static func a() {}", "nonisolated public var a: Int { 1 }",
    ])
    func `the rule finds`(_ text: String) {
        #expect(DocumentationRule.violations(in: SourceFile("a.swift", text)).count == 1)
    }

    @Test(arguments: [
        "/// A.\npublic struct A {}", "/// A.\n@frozen\n@usableFromInline\npublic struct A {}", "public import A",
        "public extension A {}", "public var description: String { \"\" }", "struct A {}", "/* A */\npublic let a = 1",
        "let text = \"public var a\"", "public private(set) lazy",
    ])
    func `the rule lets pass`(_ text: String) {
        #expect(DocumentationRule.violations(in: SourceFile("a.swift", text)).isEmpty)
    }
}
