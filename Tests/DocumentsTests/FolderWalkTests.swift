// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct FolderWalkTests {
    @Test func `a tree is walked in the order of the names' bytes`() async throws {
        try await withTree { tree in
            try tree.addFiles("b/2", "b/10", "b/a/x", "a", "Z", ".hidden", "é", "b.txt", "c")
            try tree.addFolder("empty")
            #expect(
                try tree.documents() == [".hidden", "Z", "a", "b/10", "b/2", "b/a/x", "b.txt", "c", "é"])
            #expect(try tree.documents() == tree.documents())
        }
    }

    @Test func `patterns choose files and keep folders out`() async throws {
        try await withTree { tree in
            try tree.addFiles("a.txt", "a.md", "src/b.txt", "src/deep/c.txt", "build/d.txt", "x/build/e.txt")
            let options = SourceOptions(includes: ["*.txt"], excludes: ["build", "src/deep/**"])
            #expect(try tree.documents(options) == ["a.txt", "src/b.txt"])
            #expect(try tree.documents(SourceOptions(includes: ["src/**"])) == ["src/b.txt", "src/deep/c.txt"])
            #expect(try tree.documents(SourceOptions(excludes: ["/build", "*.md"])).contains("x/build/e.txt"))
        }
    }

    @Test func `an excluded folder is not even looked into`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "closed/b")
            try tree.setPermissions(0, of: "closed")
            #expect(try tree.documents(SourceOptions(excludes: ["closed"])) == ["a"])
            try tree.setPermissions(0o755, of: "closed")
        }
    }

    @Test func `a file that was named is read whatever the patterns say`() async throws {
        try await withTree { tree in
            try tree.addFiles("a.md")
            let list = try SourceList(parsing: [tree.path("a.md")], options: SourceOptions(includes: ["*.txt"]))
            #expect(list.documents.map(\.description) == [tree.path("a.md")])
        }
    }

    @Test func `links to files are read, links to folders and circles are not followed`() async throws {
        try await withTree { tree in
            try tree.addFiles("folder/a")
            try tree.addLink("file-link", to: "folder/a")
            try tree.addLink("folder-link", to: "folder")
            try tree.addLink("folder/up", to: "..")
            try tree.addLink("self", to: "self")
            try tree.addLink("nowhere", to: "none")
            #expect(try tree.documents() == ["file-link", "folder/a", "nowhere", "self"])
            try await withReader { reader in
                let content = try await reader.content(of: .file(tree.path("file-link")))
                #expect(content == Array("folder/a".utf8))
                #expect(await reader.failure(of: .file(tree.path("nowhere")))?.reason == .noSuchFile)
                #expect(
                    await reader.failure(of: .file(tree.path("self")))?.reason
                        == .unreadable("opening failed: Too many levels of symbolic links"))
            }
        }
    }

    @Test func `a folder that is given as a link is walked`() async throws {
        try await withTree { tree in
            try tree.addFiles("folder/a")
            try tree.addLink("link", to: "folder")
            #expect(
                try SourceList(parsing: [tree.path("link")]).documents.map(\.description) == [tree.path("link/a")])
        }
    }

    @Test func `pipes in a folder are left out`() async throws {
        try await withTree { tree in
            try tree.addFiles("a")
            try tree.addPipe("pipe")
            try tree.addLink("pipe-link", to: "pipe")
            #expect(try tree.documents() == ["a"])
        }
    }

    @Test(.enabled(if: !isSuperuser, "the superuser can list every folder"))
    func `a folder that cannot be listed fails on reading`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "closed/b", "d")
            try tree.setPermissions(0, of: "closed")
            #expect(try tree.documents() == ["a", "closed", "d"])
            try await withReader { reader in
                #expect(
                    await reader.failure(of: .file(tree.path("closed")))?.reason
                        == .unreadable("the folder cannot be listed: Permission denied"))
            }
            try tree.setPermissions(0o755, of: "closed")
        }
    }

    @Test func `a folder that goes away before it is walked fails on reading`() async throws {
        try await withTree { tree in
            try tree.addFolder("folder")
            let list = try SourceList(parsing: [tree.path("folder")])
            #expect(Array(list.documents).isEmpty)
            try tree.removeFolder("folder")
            #expect(Array(list.documents) == [.file(tree.path("folder"))])
            try await withReader { reader in
                #expect(await reader.failure(of: .file(tree.path("folder")))?.reason == .noSuchFile)
            }
        }
    }

    @Test func `a name that is no text does not vanish`() async throws {
        try await withTree { tree in
            try tree.addFileWithBrokenName()
            #expect(try tree.documents() == ["broken-\u{FFFD}"])
            try await withReader { reader in
                #expect(
                    await reader.failure(of: .file(tree.path("broken-\u{FFFD}")))?.reason
                        == .unreadable("its name is not valid UTF-8; rename it"))
            }
        }
    }

    @Test func `a name longer than its record's declaration is whole`() async throws {
        try await withTree { tree in
            let name = String(repeating: "n", count: 255)
            try tree.addFiles(name)
            #expect(try tree.documents() == [name])
        }
    }

    @Test func `the folders behind are not listed before they are reached`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "b/old", "c")
            var iterator = try SourceList(parsing: [tree.root]).documents.makeIterator()
            #expect(iterator.next() == .file(tree.path("a")))
            try tree.addFiles("b/new")
            #expect(iterator.next() == .file(tree.path("b/new")))
            #expect(iterator.next() == .file(tree.path("b/old")))
        }
    }
}
