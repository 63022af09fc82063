// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct OutputTests {
    @Test(arguments: ["table", "json", "csv"])
    func `a result that cannot be written is no success`(format: String) async throws {
        let options = ["-", "--format", format]
        let result = try await Tool.run(options, standardInput: .text("abc"), standardOutput: .file("/dev/full"))
        #expect(result.status == .exited(74))
        #expect(result.standardError.contains("standard output: No space left on device"))
        let file = try await Tool.run(options + ["--output", "/dev/full"], standardInput: .text("abc"))
        #expect(file.status == .exited(74))
        #expect(file.standardError.contains("/dev/full: No space left on device"))
    }

    @Test(arguments: [["--help"], ["--version"], ["help", "serve"], ["serve"]])
    func `nor is any other text`(arguments: [String]) async throws {
        let result = try await Tool.run(arguments, standardOutput: .file("/dev/full"))
        #expect(result.status == .exited(74))
    }

    @Test func `a file is replaced as a whole and keeps its permissions`() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder + "/result.json"
            for text in ["", "old content, which is longer than nothing at all"] {
                if !text.isEmpty { try TestFile.write(text, to: path) }
                if !text.isEmpty { unsafe chmod(path, 0o600) }
                let result = try await Tool.run(
                    ["-", "--format", "json", "--output", path], standardInput: .text("abc"))
                #expect(result.status == .exited(0) && result.standardOutput.isEmpty)
                #expect(try Report(TestFile.read(path)).total == 3)
                #expect(TestFile.names(in: folder) == ["result.json"])
            }
            var status = stat()
            #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        }
    }

    @Test func `through a link it is the link's file that is written`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("old", to: folder + "/file")
            unsafe symlink("file", folder + "/link")
            let result = try await Tool.run(
                ["-", "--format", "csv", "--output", folder + "/link"], standardInput: .text("abc"))
            #expect(result.status == .exited(0))
            #expect(try TestFile.text(folder + "/file").hasPrefix("letter,count,share\n"))
            #expect(TestFile.names(in: folder) == ["file", "link"])
        }
    }

    @Test func `a file that could not be written is refused before the counting`() async throws {
        try await withTemporaryDirectory { folder in
            for path in [folder, folder + "/no/such/folder/x", folder + "/"] {
                let result = try await Tool.run(["-", "--output", path], standardInput: .open)
                #expect(result.status == .exited(74))
                #expect(result.standardError.contains(path))
            }
        }
    }

    @Test func `a reader that goes away ends it quietly`() async throws {
        let program = try Tool.start(["-", "--verbose"], standardInput: .open)
        program.closeStandardOutput()
        // Collected by the same thread that closes the output, in the same round.
        try await program.line(containing: "usable processors", on: .standardError)
        program.closeStandardInput()
        let result = try await program.wait()
        #expect(result.status == .signaled(SIGPIPE))
        #expect(!result.standardError.contains("write"))
    }

    @Test func `nothing is coloured and nothing moves where nobody looks`() async throws {
        let result = try await Tool.run([], environment: ["TERM": "xterm-256color"])
        #expect(!(result.standardOutput + result.standardError).contains("\u{1b}"))
        let table = try await Tool.run(["--quiet"], standardOutput: .terminal)
        #expect(!table.standardOutput.contains("\u{1b}"))
        let lines = table.standardOutput.split(whereSeparator: \.isNewline)
        #expect(lines.count == 28)
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(table.standardError.isEmpty)
    }
}
