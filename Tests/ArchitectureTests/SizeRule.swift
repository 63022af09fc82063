// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Files and functions that can be read at one go.
enum SizeRule {
    private static let longestFile = 400
    private static let medianFile = 150
    private static let longestExample = 60
    private static let longestFunction = 60
    private static let longFunction = 25

    static func longFiles(in files: [SourceFile]) -> [Violation] {
        Self.files(in: files, longerThan: longestFile)
    }

    /// An example is read from top to bottom, without scrolling much.
    static func longExamples(in files: [SourceFile]) -> [Violation] {
        Self.files(in: files.filter { $0.folders.first == "Examples" }, longerThan: longestExample)
    }

    private static func files(in files: [SourceFile], longerThan limit: Int) -> [Violation] {
        files.filter { $0.lines.count > limit }
            .map { $0.violation(limit, "\($0.lines.count) lines: more than \(limit)") }
    }

    /// The median is the package's, so no line can be named.
    static func median(of files: [SourceFile]) -> [Violation] {
        let lengths = files.map(\.lines.count).sorted()
        guard let median = lengths.isEmpty ? nil : lengths[lengths.count / 2], median > medianFile else { return [] }
        let what = "the median file has \(median) lines: more than \(medianFile)"
        return [Violation(path: "Sources", line: 0, what: what)]
    }

    static func longFunctions(in files: [SourceFile]) -> [Violation] {
        functions(in: files, longerThan: longestFunction)
    }

    /// Empty while nine in ten are short; then all the long ones.
    static func tooManyLongFunctions(in files: [SourceFile]) -> [Violation] {
        let long = functions(in: files, longerThan: longFunction)
        let count = files.map { Functions.all(in: $0).count }.reduce(0, +)
        return long.count * 10 > count ? long : []
    }

    private static func functions(in files: [SourceFile], longerThan limit: Int) -> [Violation] {
        files.flatMap { file in
            Functions.all(in: file).filter { $0.codeLines > limit }
                .map { file.violation($0.line, "\($0.name) has \($0.codeLines) lines of code: more than \(limit)") }
        }
    }
}

@Suite struct SizeRuleTests {
    private static let swiftSources = SourceTree.sources.filter(\.isSwift)

    @Test func `no file is long`() {
        expectNone(SizeRule.longFiles(in: SourceTree.swift), "a file has at most 400 lines")
    }

    @Test func `no example is long`() {
        expectNone(SizeRule.longExamples(in: SourceTree.all), "an example has at most 60 lines")
    }

    @Test func `half of the files are short`() {
        expectNone(SizeRule.median(of: Self.swiftSources), "half of the files have at most 150 lines")
    }

    @Test func `no function is long`() {
        expectNone(SizeRule.longFunctions(in: SourceTree.swift), "a function has at most 60 lines")
    }

    @Test func `nine functions in ten are short`() {
        expectNone(SizeRule.tooManyLongFunctions(in: Self.swiftSources), "one in ten at most has over 25 lines")
    }

    @Test func `the rule finds a long file and a long median`() {
        let long = SourceFile("a.swift", String(repeating: "a\n", count: 401))
        let short = SourceFile("b.swift", String(repeating: "a\n", count: 400))
        #expect(SizeRule.longFiles(in: [long, short]).map(\.path) == ["a.swift"])
        let median = SourceFile("c.swift", String(repeating: "a\n", count: 151))
        #expect(SizeRule.median(of: [short, median, SourceFile("d.swift", "")]).count == 1)
        #expect(SizeRule.median(of: [short, SourceFile("d.swift", ""), SourceFile("e.swift", "")]).isEmpty)
    }

    @Test func `the rule finds a long example`() {
        let lines = String(repeating: "a\n", count: 61)
        let files = [
            SourceFile("Examples/a/A.swift", lines), SourceFile("Sources/a/A.swift", lines),
            SourceFile("Examples/b/B.swift", String(lines.dropFirst(2))),
        ]
        #expect(SizeRule.longExamples(in: files).map(\.path) == ["Examples/a/A.swift"])
    }

    private static func function(_ name: String, lines: Int) -> String {
        "func \(name)() {\n" + String(repeating: "    a()\n\n    // b\n", count: lines) + "}\n"
    }

    @Test func `the rule finds long functions`() {
        let file = SourceFile("a.swift", Self.function("short", lines: 60) + Self.function("long", lines: 61))
        #expect(SizeRule.longFunctions(in: [file]).map(\.what) == ["long has 61 lines of code: more than 60"])
    }

    @Test func `the rule finds that more than one in ten is long`() {
        let nine = (0..<9).map { Self.function("f\($0)", lines: 25) }.joined()
        let file = SourceFile("a.swift", nine + Self.function("long", lines: 26))
        #expect(SizeRule.tooManyLongFunctions(in: [file]).isEmpty)
        let more = SourceFile("b.swift", Self.function("longer", lines: 26))
        #expect(SizeRule.tooManyLongFunctions(in: [file, more]).count == 2)
    }

    @Test func `functions are found with their bodies`() {
        let text = """
            protocol P {
                func requirement(_ a: [Int]) async throws
                init()
                var b: Int { get }
            }
            struct S {
                init?(a: () -> Void = { }) {
                    self.init(
                        b)
                }
                deinit { close() }
                func one<T>(_ a: T) -> [Int] where T: P { [] }
                func two() {
                    func inner() {
                        a()
                    }
                }
            }
            """
        let found = Functions.all(in: SourceFile("a.swift", text)).map { "\($0.name) \($0.line) \($0.codeLines)" }
        #expect(found == ["init 7 2", "deinit 11 1", "one 12 1", "two 13 3", "inner 14 1"])
    }
}
