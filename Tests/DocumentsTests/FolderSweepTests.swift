// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

/// What comes in any order is what comes in order.
@Suite(.leavesNothingBehind) struct FolderSweepTests {
    /// All documents, files together where they come so, each path once for each time that it came.
    private static func swept(_ list: SourceList, atMost count: Int) -> [String] {
        var (documents, paths) = (list.documents.inAnyOrder.makeIterator(), [String]())
        while true {
            if let files = documents.nextFiles(atMost: count) {
                #expect(files.count == files.paths.count && (1...count).contains(files.count))
                paths += files.paths
            } else if let document = documents.next() {
                paths.append(document.description)
            } else {
                return paths
            }
        }
    }

    private static func expectSame(_ tree: Tree, _ options: SourceOptions = SourceOptions()) throws {
        let list = try SourceList(parsing: [tree.root], options: options)
        let inOrder = list.documents.map(\.description)
        #expect(list.documents.inAnyOrder.map(\.description).sorted() == inOrder.sorted())
        for count in [1, 2, 7, 10_000] { #expect(swept(list, atMost: count).sorted() == inOrder.sorted()) }
    }

    @Test func `a tree of files, folders, links, pipes and odd names`() async throws {
        try await withTree { tree in
            try tree.addFiles("b/2", "b/10", "b/a/x", "a", "Z", ".hidden", "é", "b.txt", "c", "b/deep/er/y")
            try tree.addFiles("...", "..x")
            try tree.addFolder("empty")
            try tree.addPipe("pipe")
            try tree.addLink("file-link", to: "a")
            try tree.addLink("folder-link", to: "b")
            try tree.addLink("b/up", to: "..")
            try tree.addLink("nowhere", to: "none")
            try tree.addFileWithBrokenName()
            try Self.expectSame(tree)
            #expect(try tree.documents().count == 15)
        }
    }

    @Test func `a tree of which patterns choose some`() async throws {
        try await withTree { tree in
            try tree.addFiles("a.txt", "a.md", "src/b.txt", "src/deep/c.txt", "build/d.txt", "x/build/e.txt")
            try Self.expectSame(tree, SourceOptions(includes: ["*.txt"], excludes: ["build", "src/deep/**"]))
            try Self.expectSame(tree, SourceOptions(includes: ["src/**"]))
            try Self.expectSame(tree, SourceOptions(excludes: ["/build", "*.md"]))
        }
    }

    @Test func `more files than are taken from the system at a time`() async throws {
        try await withTree { tree in
            for number in 0..<2_500 { try TestFile.write("", to: tree.path("document-\(number)")) }
            try tree.addFiles("folder/a", "folder/b")
            try Self.expectSame(tree)
        }
    }

    @Test func `several folders, files and addresses, in their order`() async throws {
        try await withTree { tree in
            try tree.addFiles("one/a", "two/b", "three/c", "d")
            let (one, two, three) = (tree.path("one"), tree.path("two"), tree.path("three"))
            let list = try SourceList(parsing: [one, two, tree.path("d"), "http://x/y", "rfc:1-2", three])
            #expect(Self.swept(list, atMost: 10) == list.documents.map(\.description))
        }
    }

    @Test(.enabled(if: !isSuperuser, "the superuser can list every folder"))
    func `a folder that cannot be listed does not vanish`() async throws {
        try await withTree { tree in
            try tree.addFiles("a", "closed/b", "d")
            try tree.setPermissions(0, of: "closed")
            try Self.expectSame(tree)
            try tree.setPermissions(0o755, of: "closed")
        }
    }

    @Test func `a folder that goes away does not vanish`() async throws {
        try await withTree { tree in
            try tree.addFolder("folder")
            let list = try SourceList(parsing: [tree.path("folder")])
            #expect(Self.swept(list, atMost: 3).isEmpty)
            try tree.removeFolder("folder")
            #expect(Self.swept(list, atMost: 3) == [tree.path("folder")])
        }
    }

    @Test func `who stops in the middle leaves no descriptor`() async throws {
        try await withTree { tree in
            for number in 0..<1_500 { try TestFile.write("", to: tree.path("\(number)")) }
            var documents = try SourceList(parsing: [tree.root]).documents.inAnyOrder.makeIterator()
            #expect(documents.nextFiles(atMost: 4)?.count == 4)
            #expect(documents.next() != nil)
        }
    }
}

/// The order of names, by their first bytes and by what follows.
@Suite struct FolderListingTests {
    @Test func `names are in the order of their bytes, however much they have in common`() {
        let names = [
            "chapter-1", "chapter-10", "chapter-2", "chapter-10-of-a-very-long-name", "chapter-10-of-a-very-long-nam",
            "chapter-é", "chapter-", "chapter-1.txt", "chapter-10-of-a-very-long-name-b", "chapter-10-of-b",
        ]
        for names in [names, names + ["x"], names + [""], names.map { "same-beginning-" + $0 }, ["one"], []] {
            for names in [names, names.reversed(), names.shuffled()] {
                #expect(Self.sorted(names) == Self.byBytes(names))
            }
        }
    }

    private static func byBytes(_ names: [String]) -> [String] {
        names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func sorted(_ names: [String]) -> [String] {
        var listing = FolderListing()
        for name in names {
            // The array is alive for the call, which copies it.
            unsafe Array(name.utf8).withUnsafeBytes { unsafe listing.append($0, .regular) }
        }
        listing.sort()
        var found: [String] = []
        while let entry = listing.popFirst() { found.append(listing.name(of: entry)) }
        return found
    }
}
