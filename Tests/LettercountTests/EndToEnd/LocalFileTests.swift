// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LetterCounting
import TestSupport
import Testing

/// Many small files, which go to the workers together, and large ones, which all workers share.
@Suite(.leavesNothingBehind) struct LocalFileTests {
    /// Zeros, with some text at the end of each half: nothing is written between, so that it costs no disk.
    private static func writeLarge(to path: String, byteCount: Int, _ text: [UInt8]) throws {
        try TestFile.write([], to: path)
        // Descriptor, array and counts are this function's own.
        let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        defer { close(descriptor) }
        for end in [byteCount / 2, byteCount] {
            let written = unsafe pwrite(descriptor, text, text.count, off_t(end - text.count))
            try #require(written == text.count)
        }
    }

    @Test(arguments: Model.all)
    func `small and large files are counted exactly, whoever counts`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(700, to: folder)
            let text = Array("the last words of a half".utf8)
            try Self.writeLarge(to: folder + "/large", byteCount: (40 << 20) + 3, text)
            let workers = model[1] == "sequential" ? [] : ["--workers", "3"]
            let report = try await Tool.report(model + workers + [folder])
            #expect(report.table == Oracle.letters(documents + [text, text]))
            #expect(report.documents == 701 && report.failures.isEmpty)
            #expect(report.bytes == UInt64(documents.joined().count + (40 << 20) + 3))
        }
    }

    @Test func `what cannot be read among many files is reported, each with its reason`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(700, to: folder)
            let pipes = [100, 350, 699].map { "\(folder)/pipe-\($0)" }
            var list = documents.indices.map { "\(folder)/\($0).txt" }
            for path in pipes {
                // A C string for the call.
                try #require(unsafe mkfifo(path, 0o600) == 0)
                list.insert(path, at: list.count / 2)
            }
            try TestFile.write(list.joined(separator: "\n"), to: folder + "/list")
            let result = try await Tool.run(["-m", "processes", "--format", "json", "@\(folder)/list", "-w", "2"])
            #expect(result.status == .exited(1))
            let report = try Report(result.standardOutputBytes)
            #expect(report.table == Oracle.letters(documents))
            #expect(report.failures.map(\.source) == pipes.sorted())
            #expect(report.failures.allSatisfy { $0.reason.contains("a named pipe") })
        }
    }

    @Test(arguments: Model.processes)
    func `workers that are killed while they count files together cost nothing`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(50, to: folder)
            let sources = (0..<20_000).map { "\(folder)/\($0 % 50).txt" }
            try TestFile.write(sources.joined(separator: "\n"), to: folder + "/list")
            let program = try Tool.start(
                model + ["@\(folder)/list", "-w", "4", "--retries", "100", "--format", "json", "--verbose"])
            for _ in 0..<3 where program.isRunning {
                guard (try? await program.line(containing: "49.txt: ", on: .standardError)) != nil else { break }
                Workers.kill(Workers.identifiers(of: program))
            }
            let result = try await program.wait()
            #expect(result.status == .exited(0), "\(result.standardError.suffix(500))")
            let report = try Report(result.standardOutputBytes)
            #expect(report.table == Oracle.letters(documents).map { $0 * 400 })
            #expect(report.documents == 20_000 && report.failures.isEmpty)
        }
    }

    @Test(arguments: Kernel.available.map(\.name), ["letters", "python-repr"])
    func `every kernel that this processor has finds the same`(kernel: String, text: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(3, to: folder)
            let model = ["--kernel", kernel, "--text", text, "-m", "processes", "--verbose", folder]
            let result = try await Tool.run(model + ["--format", "json"])
            let expected = text == "letters" ? Oracle.letters(documents) : Oracle.pythonRepr(documents)
            #expect(try Report(result.standardOutputBytes).table == expected)
            #expect(result.standardError.contains("kernel \(kernel)"))
        }
    }

    @Test func `a kernel that this processor does not have is refused with those that it has`() async throws {
        let result = try await Tool.run(["--kernel", "z80", "/etc/passwd"])
        #expect(result.status == .exited(64))
        #expect(result.standardError.contains("--kernel z80") && result.standardError.contains("portable"))
    }
}
