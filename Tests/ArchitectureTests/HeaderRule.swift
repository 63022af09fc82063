// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Every file says whose it is and under which licence.
enum HeaderRule {
    static let header = [
        "// swift-multiprocessing: threads and processes behind one interface.",
        "// SPDX-License-Identifier: Apache-2.0",
    ]

    static func violations(in file: SourceFile) -> [Violation] {
        // A manifest must begin with the version of its tools.
        if file.path.hasSuffix("Package.swift") || Array(file.lines.prefix(header.count)) == header { return [] }
        return [file.violation(1, "does not begin with the licence's two lines")]
    }
}

@Suite struct HeaderRuleTests {
    @Test func `every file bears the licence`() {
        expectNone(SourceTree.all.flatMap(HeaderRule.violations), "a file begins with the licence")
    }

    @Test func `the rule finds a missing and a changed header`() {
        let header = HeaderRule.header.joined(separator: "\n")
        #expect(HeaderRule.violations(in: SourceFile("a.swift", "import A")).count == 1)
        #expect(HeaderRule.violations(in: SourceFile("a.c", "\n" + header)).count == 1)
        #expect(HeaderRule.violations(in: SourceFile("a.swift", "")).count == 1)
        #expect(HeaderRule.violations(in: SourceFile("a.swift", header)).isEmpty)
        #expect(
            HeaderRule.violations(in: SourceFile("Benchmarks/Package.swift", "// swift-tools-version: 6.2")).isEmpty)
    }
}
