// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct CodeReaderTests {
    @Test(arguments: [
        ("let a = 1 // b", "let a = 1     "),
        ("a /* b /* c */ d */ e", "a                   e"),
        (#"f("x // y")"#, #"f(        )"#),
        (#"f("a\"b", c)"#, #"f(      , c)"#),
        (#"f("a\(g("b"))c")"#, #"f(    g(   )   )"#),
        (##"f(#"a"b\#(c)"#, d)"##, ##"f(        c   , d)"##),
        ("func `a \"test\" // x`() {}", "func                () {}"),
        ("let `default` = 1", "let `default` = 1"),
        ("\"open\nclosed", "     \nclosed"),
    ])
    func `comments and strings are blanked, code is kept`(_ text: String, _ expected: String) {
        #expect(SourceFile("a.swift", text).code.joined(separator: "\n") == expected)
    }

    @Test func `a long string may hold quotation marks and newlines`() {
        let file = SourceFile("a.swift", "let a = \"\"\"\n  \"b\" // c\n  \"\"\" + d\n")
        #expect(file.code == ["let a =    ", "          ", "      + d"])
        #expect(file.hasComment == [false, false, false])
    }

    @Test func `lines with comments are known`() {
        let file = SourceFile("a.swift", "a // b\nc\n/* d\ne */\n\"// f\"\n")
        #expect(file.hasComment == [true, false, true, true, false])
    }

    @Test func `imports are read with all that may stand around the name`() {
        let text = """
            import A
            public import B
            @testable @preconcurrency import C
            import struct D.Type
            // import E
            let text = "import F"
            """
        #expect(SourceFile("a.swift", text).imports.map(\.module) == ["A", "B", "C", "D"])
    }
}
