// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CorpusServer

@Suite struct RequestPathTests {
    @Test(arguments: [
        ("/rfc1000.txt", ["rfc1000.txt"]),
        ("/a/b/c", ["a", "b", "c"]),
        ("/a%20b/%41", ["a b", "A"]),
        ("/%C3%A9", ["é"]),
        ("/...", ["..."]),
        ("/%25", ["%"]),
        ("/%252e%252e", ["%2e%2e"]),
    ])
    func `a proper path is divided and decoded`(path: String, names: [String]) {
        #expect(RequestPath.names(in: path) == names)
    }

    @Test(arguments: [
        "", "a", "*", "//", "/a//b", "/a/", "/.", "/..", "/a/../b", "/../a", "/a/..", "/%2e%2e/a", "/.%2E/a", "/a%2fb",
        "/%2F", "/..%2fa", "/a%00", "/%", "/%4", "/%zz", "/%+1", "/%ff", "/%c0%ae%c0%ae/a",
    ])
    func `any other path has no names`(path: String) {
        #expect(RequestPath.names(in: path) == nil)
    }
}

@Suite struct FailurePatternTests {
    @Test(arguments: 0...100)
    func `of any hundred consecutive requests exactly the percentage fails`(percent: Int) {
        for start in [0, 1, 37, 99, 1234] {
            let failing = (start..<start + 100).count { FailurePattern.fails(request: $0, percent: percent) }
            #expect(failing == percent, "from \(start)")
        }
    }

    @Test func `failures are spread evenly`() {
        let failing = (0..<20).filter { FailurePattern.fails(request: $0, percent: 30) }
        #expect(failing == [3, 6, 9, 13, 16, 19])
    }

    @Test func `requests are numbered in the order of arrival`() {
        let pattern = FailurePattern(percent: 50)
        #expect((0..<6).map { _ in pattern.nextFails() } == [false, true, false, true, false, true])
    }
}
