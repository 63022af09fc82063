// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Documents

@Suite struct GlobTests {
    @Test(arguments: [
        ("*.txt", "a.txt", true), ("*.txt", ".txt", true), ("*.txt", "a.text", false), ("*.txt", "a.txt.gz", false),
        ("a*b*c", "abc", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "acb", false), ("*", "", true),
        ("?", "x", true), ("?", "é", true), ("?", "", false), ("?", "xy", false), ("?", "/", false),
        ("[abc]", "b", true), ("[abc]", "d", false), ("[a-c]x", "bx", true), ("[!a-c]", "b", false),
        ("[^a-c]", "d", true), ("[!a]", "/", false), ("[]a]", "]", true), ("[a-]", "-", true), ("[\\]]", "]", true),
        ("[a-\\c]", "b", true), ("\\*", "*", true), ("\\*", "x", false), ("a\\\\", "a\\", true),
        ("README", "readme", false), ("*", ".hidden", true), ("x]", "x]", true), ("a**", "abc", true),
    ])
    func `a pattern without a slash is for names`(pattern: String, name: String, matches: Bool) throws {
        let glob = try Glob(pattern)
        #expect(!glob.isForPaths)
        #expect(glob.matches(name) == matches)
    }

    @Test(arguments: [
        ("a/*.txt", "a/b.txt", true), ("a/*.txt", "a/b/c.txt", false), ("a/*.txt", "x/a/b.txt", false),
        ("/a", "a", true), ("/a", "b/a", false), ("a/**", "a/b", true), ("a/**", "a/b/c", true), ("a/**", "a", false),
        ("**/a", "a", true), ("**/a", "b/a", true), ("**/a", "b/c/a", true), ("**/a", "ba", false),
        ("**/a", "b/ca", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "a/xb", false),
        ("a/**/**/b", "a/b", true), ("a**/b", "ax/y/b", true), ("*/b", "a/b", true), ("*/b", "b", false),
        ("**/*.[ch]", "src/x/y.h", true), ("a/?", "a/", false),
    ])
    func `a pattern with a slash is for paths`(pattern: String, path: String, matches: Bool) throws {
        let glob = try Glob(pattern)
        #expect(glob.isForPaths)
        #expect(glob.matches(path) == matches)
    }

    @Test func `a slash at the end makes no path of a name`() throws {
        #expect(try !Glob("build/").isForPaths)
        #expect(try Glob("build/").matches("build"))
        #expect(try Glob("a/build/").isForPaths)
    }

    @Test(.timeLimit(.minutes(1))) func `a pattern of many stars takes no exponential time`() throws {
        let glob = try Glob(String(repeating: "*a", count: 40) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 400)))
    }

    @Test func `a file has to match one include and no exclude`() throws {
        let filter = try FileFilter(including: ["*.txt", "docs/**"], excluding: ["b.txt", "docs/old/**"])
        #expect(filter.takesFile(name: "a.txt", path: "x/a.txt"))
        #expect(filter.takesFile(name: "a.html", path: "docs/a.html"))
        #expect(!filter.takesFile(name: "b.txt", path: "x/b.txt"))
        #expect(!filter.takesFile(name: "a.html", path: "x/a.html"))
        #expect(!filter.takesFile(name: "a.txt", path: "docs/old/a.txt"))
        #expect(filter.entersFolder(name: "x", path: "x"))
        #expect(!filter.entersFolder(name: "b.txt", path: "x/b.txt"))
    }
}
