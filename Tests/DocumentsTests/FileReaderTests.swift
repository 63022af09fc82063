// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct FileReaderTests {
    private static let bufferSize = FileReader.bufferSize

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 4) } }

    private static func content(
        of path: String, by reader: borrowing FileReader, next: ArraySlice<String> = []
    ) throws -> (FileReading, [UInt8]) {
        var content = Content()
        let reading = try reader.read(path, next: next, into: &content)
        return (reading, content.bytes)
    }

    @Test func `many files arrive byte for byte, one after the other, whatever their sizes`() async throws {
        try await withTree { tree in
            let sizes = [
                0, 1, 3 * Self.bufferSize + 5, 7, Self.bufferSize, Self.bufferSize + 1, Self.bufferSize - 1, 0,
            ]
            for (number, size) in sizes.enumerated() {
                try TestFile.write(Self.bytes(size), to: tree.path("\(number)"))
            }
            let paths = sizes.indices.map { tree.path("\($0)") }
            let reader = FileReader(limits: ReadLimits())
            for (number, size) in sizes.enumerated() {
                let (reading, content) = try Self.content(of: paths[number], by: reader, next: paths[(number + 1)...])
                #expect(reading == .whole(byteCount: UInt64(size)))
                #expect(content == Self.bytes(size))
            }
        }
    }

    @Test func `a file that says that it is empty is read all the same`() throws {
        let reader = FileReader(limits: ReadLimits())
        let (_, content) = try Self.content(of: "/proc/self/cmdline", by: reader)
        #expect(!content.isEmpty)
    }

    @Test func `what is no regular file, missing or too large is refused in words`() async throws {
        try await withTree { tree in
            try TestFile.write(Self.bytes(10), to: tree.path("ten"))
            let reader = FileReader(limits: ReadLimits(maximumBytes: 9))
            for (path, reason) in [
                (tree.path("ten"), DocumentFailure.Reason.tooLarge(limit: 9)), (tree.path("none"), .noSuchFile),
                ("/dev/null", .notARegularFile(kind: "a device")),
            ] {
                let failure = #expect(throws: DocumentFailure.self) { _ = try Self.content(of: path, by: reader) }
                #expect(failure?.reason == reason)
                #expect(failure?.document == path)
            }
        }
    }

    @Test func `a large file is not read, and its parts together are the whole`() async throws {
        try await withTree { tree in
            let bytes = Self.bytes(2 * Self.bufferSize + 77)
            try TestFile.write(bytes, to: tree.path("file"))
            let reader = FileReader(limits: ReadLimits(), wholeUpTo: 100)
            guard case .large(let file) = try Self.content(of: tree.path("file"), by: reader).0 else {
                Issue.record("it was read")
                return
            }
            for size in [100, Self.bufferSize, Self.bufferSize + 9, bytes.count, 2 * bytes.count] {
                var (content, sum) = (Content(), UInt64(0))
                for part in file.parts(of: UInt64(size)) { sum += try reader.read(part, into: &content) }
                #expect(content.bytes == bytes)
                #expect(sum == UInt64(bytes.count))
            }
        }
    }

    @Test func `a large file that grows or shrinks counts with what is there, and one that is replaced fails`()
        async throws
    {
        try await withTree { tree in
            let path = tree.path("file")
            try TestFile.write(Self.bytes(1_000), to: path)
            let reader = FileReader(limits: ReadLimits(), wholeUpTo: 100)
            guard case .large(let file) = try Self.content(of: path, by: reader).0 else {
                Issue.record("it was read")
                return
            }
            func byteCounts() throws -> [UInt64] {
                var content = Content()
                return try file.parts(of: 400).map { try reader.read($0, into: &content) }
            }
            // Written into, so that it stays the same file.
            try TestFile.write(Self.bytes(1_500), to: path)
            #expect(try byteCounts() == [400, 400, 700])
            try TestFile.write(Self.bytes(500), to: path)
            #expect(try byteCounts() == [400, 100, 0])
            try TestFile.write(Self.bytes(1_000), to: tree.path("other"))
            // Two C strings, for the call.
            #expect(unsafe rename(tree.path("other"), path) == 0)
            let failure = #expect(throws: DocumentFailure.self) { _ = try byteCounts() }
            #expect(failure?.reason == .unreadable("it was replaced while it was read"))
        }
    }
}
