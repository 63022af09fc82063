// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Documents

/// Files of a folder that are read together are read as each is alone.
@Suite(.leavesNothingBehind) struct FolderReadingTests {
    private typealias Reading = Result<FileReading, DocumentFailure>

    private static let bufferSize = FileReader.bufferSize

    private static func files(_ names: [String], in folder: String) -> FolderFiles {
        FolderFiles(folder: folder + "/", names: names.flatMap { Array($0.utf8) + [0] }[...], count: names.count)
    }

    /// Each in its place, with what was delivered for it.
    private static func read(
        _ files: FolderFiles, by reader: borrowing FileReader
    ) -> [(result: Reading, content: [UInt8])] {
        var (results, content) = ([(result: Reading, content: [UInt8])](), Content())
        reader.readEach(of: files, into: &content) { position, result, content in
            #expect(position == results.count)
            results.append((result, content.take()))
        }
        return results
    }

    private static func readAlone(
        _ path: String, by reader: borrowing FileReader
    ) -> (result: Reading, content: [UInt8]) {
        var content = Content()
        do throws(DocumentFailure) {
            return (.success(try reader.read(path, into: &content)), content.bytes)
        } catch {
            return (.failure(error), content.bytes)
        }
    }

    private static func expectSame(_ names: [String], in folder: String, _ limits: ReadLimits, wholeUpTo: UInt64) {
        let reader = FileReader(limits: limits, wholeUpTo: wholeUpTo)
        let found = read(files(names, in: folder), by: reader)
        #expect(found.count == names.count)
        for (name, found) in zip(names, found) {
            let alone = readAlone("\(folder)/\(name)", by: reader)
            #expect(found.result == alone.result)
            // Of what is no whole document nothing is promised.
            if case .success(.whole) = alone.result { #expect(found.content == alone.content) }
        }
    }

    /// In memory the device says nothing about where reading ends.
    @Test(arguments: [nil, "/dev/shm"])
    func `files of all sizes, missing ones, folders, pipes, sockets and links among them`(
        place: String?
    ) async throws {
        try await withTemporaryDirectory(in: place) { folder in
            let tree = Tree(root: folder)
            let sizes = [0, 1, 7, Self.bufferSize - 1, Self.bufferSize, Self.bufferSize + 1, 3 * Self.bufferSize + 5]
            for size in sizes {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 4) }
                try TestFile.write(bytes, to: tree.path("\(size)"))
            }
            try tree.addFolder("folder")
            try tree.addPipe("pipe")
            try tree.addSocket("socket")
            try tree.addLink("link", to: "7")
            try tree.addLink("nowhere", to: "none")
            let names = (sizes.map(String.init) + ["folder", "none", "pipe", "socket", "link", "nowhere"]).shuffled()
            for limit in [nil, 1, 7, UInt64(Self.bufferSize), UInt64(2 * Self.bufferSize)] {
                for wholeUpTo in [UInt64.max, 1, UInt64(Self.bufferSize), UInt64(Self.bufferSize) + 1] {
                    Self.expectSame(names, in: folder, ReadLimits(maximumBytes: limit), wholeUpTo: wholeUpTo)
                }
            }
        }
    }

    @Test func `files that give what they have in pieces are read to their end`() throws {
        // More than one piece, and the same every time.
        let names = ["kallsyms", "filesystems", "cmdline", "version"]
        let reader = FileReader(limits: ReadLimits())
        let files = Self.files(names, in: "/proc")
        for (name, found) in zip(names, Self.read(files, by: reader)) {
            let alone = Self.readAlone("/proc/\(name)", by: reader)
            #expect(found.result == alone.result && found.content == alone.content)
            #expect(!found.content.isEmpty)
        }
        #expect(Self.read(files, by: reader)[0].content.count > 1 << 20)
    }

    @Test func `files of a folder that is gone fail one by one`() throws {
        try withTemporaryDirectory { folder in
            let reader = FileReader(limits: ReadLimits())
            for (name, found) in zip(["a", "b"], Self.read(Self.files(["a", "b"], in: folder + "/none"), by: reader)) {
                let failure = #expect(throws: DocumentFailure.self) { try found.result.get() }
                #expect(failure == DocumentFailure(document: "\(folder)/none/\(name)", reason: .noSuchFile))
            }
        }
    }

    @Test func `they travel as they are`() throws {
        let files = Self.files(["a", "ä 🦜", "line\nbreak"], in: "/x")
        #expect(files.paths == ["/x/a", "/x/ä 🦜", "/x/line\nbreak"])
    }
}
