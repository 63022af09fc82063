// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Documents

/// What is looked at where the system keeps it is what is in the file, and a file that is cut ends nothing but its own reading.
@Suite(.leavesNothingBehind) struct MappedReadingTests {
    private static let window = Int(MappedReading.window)
    private static let least = Int(MappedReading.least)

    /// The same bytes again and again, but not in a distance that has anything to do with pages.
    private static func bytes(_ count: Int) -> [UInt8] {
        let some = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 4) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + some.count)
        while bytes.count < count { bytes += some }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Done to a file when its first mapped piece comes, which is larger than any that is copied.
    private static func once(_ action: @escaping () -> Void) -> (RawSpan) -> Void {
        var isDone = false
        return { piece in
            guard !isDone, piece.byteCount > FileReader.bufferSize else { return }
            isDone = true
            action()
        }
    }

    private static func cut(_ path: String, to count: Int) {
        // The path is a string for the length of the call.
        #expect(unsafe truncate(path, count) == 0)
    }

    /// Of a file that the reader takes for a large one.
    private static func parts(of path: String, by reader: borrowing FileReader) throws -> [FilePart] {
        var content = Content()
        let file: LargeFile? = if case .large(let file) = try reader.read(path, into: &content) { file } else { nil }
        return try #require(file, "it was read").parts(of: MappedReading.window)
    }

    @Test func `files of all sizes around that of a window`() async throws {
        try await withTree { tree in
            let path = tree.path("file")
            for size in [least, window, 2 * window].flatMap({ [$0 - 1, $0, $0 + 1] }) {
                let bytes = Self.bytes(size)
                try TestFile.write(bytes, to: path)
                let reader = FileReader(limits: ReadLimits())
                var (content, mapped) = (Content(), 0)
                content.interference = { if $0.byteCount > FileReader.bufferSize { mapped += 1 } }
                #expect(try reader.read(path, into: &content) == .whole(byteCount: UInt64(size)))
                #expect(content.bytes == bytes && content.restarts == 0)
                // What is left of the first window behind the first piece is no whole one.
                #expect((mapped > 0) == (size >= Self.least + FileReader.bufferSize))
            }
        }
    }

    private var least: Int { Self.least }
    private var window: Int { Self.window }

    @Test func `parts of a large file`() async throws {
        try await withTree { tree in
            let (path, bytes) = (tree.path("file"), Self.bytes(2 * window + 5_000))
            try TestFile.write(bytes, to: path)
            let reader = FileReader(limits: ReadLimits(), wholeUpTo: 0)
            let parts = try Self.parts(of: path, by: reader)
            var content = Content()
            for part in parts { _ = try reader.read(part, into: &content) }
            #expect(content.bytes == bytes && content.restarts == 0)
        }
    }

    @Test func `a file that is cut while it is looked at counts with what is left of it`() async throws {
        try await withTree { tree in
            let path = tree.path("file")
            for rest in [0, 100, FileReader.bufferSize + 7, window + 4_096] {
                let bytes = Self.bytes(2 * window)
                try TestFile.write(bytes, to: path)
                let reader = FileReader(limits: ReadLimits())
                var content = Content()
                content.interference = Self.once { Self.cut(path, to: rest) }
                #expect(try reader.read(path, into: &content) == .whole(byteCount: UInt64(rest)))
                #expect(content.bytes == Array(bytes.prefix(rest)))
                #expect(content.restarts == 1)
            }
        }
    }

    @Test func `of a part that is cut what is left counts, and the part before it is not touched`() async throws {
        try await withTree { tree in
            let (path, bytes) = (tree.path("file"), Self.bytes(2 * window))
            try TestFile.write(bytes, to: path)
            let reader = FileReader(limits: ReadLimits(), wholeUpTo: 0)
            let parts = try Self.parts(of: path, by: reader)
            var content = Content()
            #expect(try reader.read(parts[0], into: &content) == MappedReading.window)
            var rest = Content()
            rest.interference = Self.once { Self.cut(path, to: window + 10) }
            #expect(try reader.read(parts[1], into: &rest) == 10)
            #expect(content.bytes + rest.bytes == Array(bytes.prefix(window + 10)) && rest.restarts == 1)
        }
    }

    @Test func `threads that look at other files are not disturbed`() async throws {
        try await withTree { tree in
            let bytes = Self.bytes(2 * window)
            for number in 0..<4 { try TestFile.write(bytes, to: tree.path("\(number)")) }
            let found = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
                for number in 0..<4 {
                    group.addTask {
                        let path = tree.path("\(number)")
                        let reader = FileReader(limits: ReadLimits())
                        var content = Content()
                        if number % 2 == 0 { content.interference = Self.once { Self.cut(path, to: 1_000) } }
                        _ = try reader.read(path, into: &content)
                        return (number, content.bytes)
                    }
                }
                return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
            }
            for (number, content) in found {
                #expect(content == (number % 2 == 0 ? Array(bytes.prefix(1_000)) : bytes))
            }
        }
    }

    /// A process that has looked at a file, and then touches what is not there.
    private static func readAndThen(_ fault: (_ emptyFile: Int32) -> Void) throws {
        let emptyFile = try withTemporaryDirectory { folder in
            try TestFile.write(bytes(window + 1), to: folder + "/file")
            var content = Content()
            _ = try FileReader(limits: ReadLimits()).read(folder + "/file", into: &content)
            #expect(content.bytes.count == window + 1)
            try TestFile.write("", to: folder + "/empty")
            return unsafe open(folder + "/empty", O_RDONLY | O_CLOEXEC)
        }
        fault(emptyFile)
    }

    @Test func `a signal that is not of a file's ends the process as ever`() async throws {
        await #expect(processExitsWith: .signal(SIGBUS)) {
            try Self.readAndThen { _ in _ = raise(SIGBUS) }
        }
        await #expect(processExitsWith: .signal(SIGBUS)) {
            try Self.readAndThen { descriptor in
                // Nothing is behind these addresses, which is the point.
                let start = unsafe mmap(nil, 4_096, PROT_READ, MAP_SHARED, descriptor, 0)
                _ = unsafe start?.load(as: UInt8.self)
            }
        }
    }
}
