// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct LocalReadingTests {
    @Test(arguments: [0, 1, LocalReading.bufferSize, LocalReading.bufferSize + 1, 3 * LocalReading.bufferSize])
    func `a file arrives byte for byte`(count: Int) async throws {
        try await withTree { tree in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 >> 4) }
            try TestFile.write(bytes, to: tree.path("file"))
            try await withReader { reader in
                let content = try await reader.content(of: .file(tree.path("file")))
                #expect(content == bytes)
            }
        }
    }

    @Test func `a file needs no event loop`() async throws {
        let threads = TestFile.names(in: "/proc/self/task").filter { Self.name(ofThread: $0).hasPrefix("NIO-ELT") }
        try await withReader { reader in
            _ = try await reader.content(of: .file("/proc/self/status"))
            let now = TestFile.names(in: "/proc/self/task").filter { Self.name(ofThread: $0).hasPrefix("NIO-ELT") }
            #expect(now == threads)
        }
    }

    private static func name(ofThread identifier: String) -> String {
        (try? TestFile.text("/proc/self/task/\(identifier)/comm")) ?? ""
    }

    @Test func `a file that has no size before it is read is read`() async throws {
        try await withReader { reader in
            let bytes = try await reader.content(of: .file("/proc/self/cmdline"))
            #expect(!bytes.isEmpty)
        }
    }

    @Test func `a large file costs one buffer`() async throws {
        try await withTree { tree in
            let count = 1 << 30
            try tree.addSparseFile("large", byteCount: count)
            let before = peakResidentBytes()
            try await withReader { reader in
                let (sum, byteCount) = try await reader.read(.file(tree.path("large")), into: { 0 }) { sum, piece in
                    sum += piece.byteCount
                }
                #expect(sum == count)
                #expect(byteCount == UInt64(count))
            }
            // Far above what other tests may need meanwhile, far below the file.
            #expect(peakResidentBytes() - before < 256 << 20)
        }
    }

    @Test(arguments: [(9, false), (10, true)])
    func `a file may be exactly as large as the limit`(limit: UInt64, fits: Bool) async throws {
        try await withTree { tree in
            try TestFile.write("0123456789", to: tree.path("file"))
            try await withReader(limits: ReadLimits(maximumBytes: limit)) { reader in
                let reason = await reader.failure(of: .file(tree.path("file")))?.reason
                #expect(reason == (fits ? nil : .tooLarge(limit: limit)))
            }
        }
    }

    @Test func `a pipe, a device and a folder are refused and do not hang`() async throws {
        try await withTree { tree in
            try tree.addPipe("pipe")
            let kinds = [
                (tree.path("pipe"), "a named pipe"), ("/dev/zero", "a device"),
                (tree.root, "a folder that could not be listed"),
            ]
            try await withReader { reader in
                for (path, kind) in kinds {
                    #expect(
                        await reader.failure(of: .file(path))
                            == DocumentFailure(document: path, reason: .notARegularFile(kind: kind)))
                }
            }
        }
    }

    @Test func `a socket is refused by its name`() async throws {
        try await withServer({ _ in [] }) { _ in
            try await withTree { tree in
                try tree.addSocket("socket")
                try await withReader { reader in
                    let failure = await reader.failure(of: .file(tree.path("socket")))
                    #expect(failure?.reason == .notARegularFile(kind: "a socket"))
                    #expect(
                        failure?.description
                            == "cannot read \(tree.path("socket")): it is a socket, not a regular file")
                }
            }
        }
    }

    @Test func `a file that is not there says so`() async throws {
        try await withReader { reader in
            #expect(await reader.failure(of: .file("/no/such"))?.reason == .noSuchFile)
            #expect(await reader.failure(of: .file("/dev/null/x"))?.reason == .noSuchFile)
        }
    }

    @Test(.enabled(if: !isSuperuser, "the superuser can read every file"))
    func `a file that may not be read says why`() async throws {
        try await withTree { tree in
            try tree.addFiles("closed")
            try tree.setPermissions(0, of: "closed")
            try await withReader { reader in
                #expect(
                    await reader.failure(of: .file(tree.path("closed")))?.reason
                        == .unreadable("opening failed: Permission denied"))
            }
        }
    }

    @Test func `a failure in the middle of a file says why`() async throws {
        try await withReader { reader in
            // Reading at its start, where no memory is mapped, is an input error.
            #expect(
                await reader.failure(of: .file("/proc/self/mem"))?.reason
                    == .unreadable("reading failed: Input/output error"))
        }
    }

    @Test func `a cancelled task reads no further`() async throws {
        try await withTree { tree in
            try tree.addSparseFile("file", byteCount: 1 << 20)
            try await withReader { reader in
                let task = Task { () -> DocumentFailure.Reason? in
                    do throws(DocumentFailure) {
                        _ = try await reader.read(.file(tree.path("file")), into: { 0 }) { pieces, _ in
                            pieces += 1
                            #expect(pieces == 1)
                            // The current task lives as long as this call.
                            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                        }
                        return nil
                    } catch {
                        return error.reason
                    }
                }
                #expect(await task.value == DocumentFailure.Reason.cancelled)
            }
        }
    }

    @Test(arguments: [Int32(0), O_NONBLOCK]) func `a pipe is read to its end, blocking or not`(flags: Int32) throws {
        let ends = makePipe()
        defer { close(ends.read) }
        _ = fcntl(ends.read, F_SETFL, flags)
        let firstPieceIsRead = DispatchSemaphore(value: 0)
        let writer = DispatchQueue(label: "writer")
        _ = unsafe write(ends.write, "first ", 6)
        writer.async {
            firstPieceIsRead.wait()
            _ = unsafe write(ends.write, "second", 6)
            close(ends.write)
        }
        let (bytes, count) = try LocalReading.read(
            ReadableFile(borrowing: ends.read), maximumBytes: nil, into: { [UInt8]() },
            update: { bytes, piece in
                DocumentReader.append(&bytes, piece)
                firstPieceIsRead.signal()
            })
        #expect(String(decoding: bytes, as: UTF8.self) == "first second")
        #expect(count == 12)
    }
}
