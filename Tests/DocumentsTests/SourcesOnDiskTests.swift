// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct SourcesOnDiskTests {
    private func error(_ arguments: [String], includes: [String] = []) -> SourceError? {
        do throws(SourceError) {
            _ = try SourceList(parsing: arguments, options: SourceOptions(includes: includes))
            return nil
        } catch {
            return error
        }
    }

    @Test func `files and folders are told apart`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "folder/b", "folder/c")
            let file = tree.path("a")
            let list = try SourceList(parsing: [file, tree.path("folder/"), file])
            #expect(
                list.documents.map(\.description) == [file, tree.path("folder/b"), tree.path("folder/c"), file])
            #expect(list.knownCount == nil)
            #expect(try SourceList(parsing: [file, file]).knownCount == 2)
            #expect(!list.hasWebDocuments)
        }
    }

    @Test func `a file that looks like a URL is a file`() async throws {
        try await withTree { tree in
            try tree.addFiles("ftp:x")
            #expect(try SourceList(parsing: [tree.path("ftp:x")]).knownCount == 1)
        }
    }

    @Test func `a list gives its lines`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "folder/b")
            let lines = [
                "\u{FEFF}# comment", "", "  \(tree.path("a")) \r", "\t# another", "rfc:1-2", "-", tree.path("folder"),
                "http://h/#part",
            ]
            try TestFile.write(lines.joined(separator: "\n"), to: tree.path("list"))
            let list = try SourceList(parsing: ["http://first/", "@" + tree.path("list"), "http://last/"])
            let rfcs = [1, 2].map { "\(SourceOptions.defaultRFCBase)/rfc\($0).txt" }
            #expect(
                list.documents.map(\.description)
                    == ["http://first/", tree.path("a")] + rfcs + ["-", tree.path("folder/b"), "http://h/#part"]
                    + ["http://last/"])
        }
    }

    @Test func `a long list is read in pieces`() async throws {
        try await withTree { tree in
            let urls = (0..<30_000).map { "http://host/\($0)" }
            try TestFile.write(urls.joined(separator: "\n"), to: tree.path("list"))
            #expect(try SourceList(parsing: ["@" + tree.path("list")]).documents.map(\.description) == urls)
        }
    }

    @Test func `a mistake in a list names its line`() async throws {
        try await withTree { tree in
            let path = tree.path("list")
            try TestFile.write("rfc:1\n\n@other\n", to: path)
            #expect(
                error(["@" + path])
                    == .malformed(
                        source: "@other",
                        problem: "a list cannot name another list; write ./@other for a file (\(path), line 3)"))
            try TestFile.write("rfc:1\nno/such\n", to: path)
            #expect(
                error(["@" + path])
                    == .noSuchInput(source: "no/such", problem: "no such file or folder (\(path), line 2)"))
        }
    }

    @Test func `a list that is not there or cannot be read is no usage error`() async throws {
        try await withTree { tree in
            #expect(
                error(["@" + tree.path("none")])
                    == .noSuchInput(
                        source: "@" + tree.path("none"), problem: "it cannot be read: No such file or directory"))
            #expect(
                error(["@" + tree.root])
                    == .noSuchInput(source: "@" + tree.root, problem: "it cannot be read: Is a directory"))
        }
    }

    @Test func `a binary file is no list`() async throws {
        try await withTree { tree in
            try tree.addSparseFile("binary", byteCount: 1 << 30)
            #expect(
                error(["@" + tree.path("binary")])
                    == .malformed(source: "@" + tree.path("binary"), problem: "line 1 is too long"))
        }
    }

    @Test(arguments: ["", "/", "a[", "a\\", "[z-a]", "[[:alpha:]]"])
    func `a pattern with a mistake is malformed`(pattern: String) {
        guard case .malformed(pattern, _) = error([], includes: [pattern]) else {
            Issue.record("\(pattern) was taken")
            return
        }
    }
}
