// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// What the compiler cannot check says why it is right.
enum UnsafeRule {
    /// How many lines above a promise its reason may stand.
    private static let reachOfPromise = 3
    /// The same for an expression; a reason anywhere in its function is as good.
    private static let reachOfExpression = 6

    static func violations(in file: SourceFile) -> [Violation] {
        let functions = Functions.all(in: file)
        return file.numberedCode.compactMap { line in
            if let promise = promise(in: line.text) {
                if isCommented(file, line.number, reachOfPromise) { return nil }
                return file.violation(line.number, "\(promise) without a reason on the \(reachOfPromise) lines above")
            }
            guard Tokens.inLine(line.text).contains(where: { $0.text == "unsafe" }) else { return nil }
            if isCommented(file, line.number, reachOfExpression) { return nil }
            let around = functions.filter { $0.line <= line.number && line.number <= $0.lastLine }
            if around.contains(where: { hasComment(file, $0.line...$0.lastLine) }) { return nil }
            return file.violation(line.number, "unsafe without a reason in its function or on the lines above")
        }
    }

    private static func promise(in code: String) -> String? {
        ["@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast", "assumeIsolated"].first { code.contains($0) }
    }

    private static func isCommented(_ file: SourceFile, _ line: Int, _ reach: Int) -> Bool {
        hasComment(file, max(1, line - reach)...line)
    }

    private static func hasComment(_ file: SourceFile, _ lines: ClosedRange<Int>) -> Bool {
        // The licence is a reason for nothing.
        lines.contains { $0 > HeaderRule.header.count && file.hasComment[$0 - 1] }
    }
}

@Suite struct UnsafeRuleTests {
    @Test func `what is unsafe says why it is right`() {
        let files = SourceTree.sources.filter(\.isSwift) + SourceTree.examples
        expectNone(files.flatMap(UnsafeRule.violations), "unsafe code gives its reason")
    }

    private static let header = HeaderRule.header.joined(separator: "\n") + "\n"

    @Test(arguments: [
        "final class A: @unchecked Sendable {}",
        "// why\n\n\n\nnonisolated(unsafe) var a = 1",
        "func a() {\n  // why\n\n\n\n  unsafeBitCast(a, to: B.self)\n}",
        "func a() {\n  unsafe b()\n}",
        "func a() {\n  // why\n}\n\n\n\n\n\nfunc b() {\n  unsafe c()\n}",
    ])
    func `the rule finds`(_ text: String) {
        #expect(UnsafeRule.violations(in: SourceFile("a.swift", Self.header + text)).count == 1)
    }

    @Test(arguments: [
        "final class A: @unchecked Sendable {}  // why",
        "// why\n\n\nnonisolated(unsafe) var a = 1",
        "/// why\nfunc a() {\n  unsafe b()\n}",
        "func a() {\n  // why\n\n\n\n\n\n\n\n\n  unsafe b()\n}",
        "let unsafeness = \"unsafe \"",
    ])
    func `the rule lets pass`(_ text: String) {
        #expect(UnsafeRule.violations(in: SourceFile("a.swift", Self.header + text)).isEmpty)
    }
}
