// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// Two documents are counted, a third never comes: what a signal then does.
@Suite(.leavesNothingBehind) struct SignalTests {
    private static let documents = (0..<2).map(Samples.document)

    /// Runs `body` with a program that waits for ever for its last document.
    private func withStuckProgram(
        _ arguments: [String], _ body: (RunningProgram) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            _ = try Samples.write(2, to: folder)
            try await Tool.withServer(["--delay", "3600000"]) { url in
                let program = try Tool.start(arguments + ["--verbose", folder, url + "/never"])
                for index in 0..<2 { try await program.line(containing: "\(index).txt: ", on: .standardError) }
                try await body(program)
                #expect(await program.survivors(after: .seconds(1)).isEmpty)
            }
        }
    }

    @Test(arguments: Model.all, [SIGINT, SIGTERM])
    func `the first signal writes what is counted, and then ends it`(model: [String], signal: Int32) async throws {
        try await withStuckProgram(model + ["--format", "json"]) { program in
            program.send(signal: signal)
            let result = try await program.wait()
            #expect(result.status == .signaled(signal))
            #expect(!result.outputStayedOpen)
            let report = try Report(result.standardOutputBytes)
            #expect(!report.complete)
            #expect(report.table == Oracle.letters(Self.documents))
            #expect(report.documents == 2 && report.failures.isEmpty)
        }
    }

    @Test func `Ctrl-C reaches the whole group and changes nothing about it`() async throws {
        try await withStuckProgram(["--model", "processes", "--format", "json"]) { program in
            program.send(signal: SIGINT, to: .group)
            let result = try await program.wait()
            #expect(result.status == .signaled(SIGINT))
            #expect(try Report(result.standardOutputBytes).documents == 2)
            #expect(!result.standardError.contains("worker process"))
        }
    }

    @Test(arguments: Model.all)
    func `the second one ends it at once`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            // Opening a pipe that nobody reads waits, so the result never gets written.
            let pipe = folder + "/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            try await withStuckProgram(model + ["--output", pipe]) { program in
                program.send(signal: SIGINT)
                try await program.line(containing: "Ctrl-C again", on: .standardError)
                program.send(signal: SIGINT)
                let status = try await program.wait().status
                #expect(status == .signaled(SIGINT))
            }
        }
    }

    @Test func `a partial result goes to the file that was named`() async throws {
        try await withTemporaryDirectory { folder in
            try await withStuckProgram(["--format", "json", "--output", folder + "/out"]) { program in
                program.send(signal: SIGTERM)
                let status = try await program.wait().status
                #expect(status == .signaled(SIGTERM))
            }
            #expect(try Report(TestFile.read(folder + "/out")).documents == 2)
            #expect(TestFile.names(in: folder) == ["out"])
        }
    }

    @Test func `a signal that was ignored at the start stays ignored`() async throws {
        let script = "trap '' INT; exec \"$0\" - --verbose --format json"
        let program = try Program.start("/bin/sh", ["-c", script, Tool.path], standardInput: .open)
        try await program.line(containing: "usable processors", on: .standardError)
        program.send(signal: SIGINT)
        program.write(Array("abc".utf8))
        program.closeStandardInput()
        let result = try await program.wait()
        #expect(result.status == .exited(0))
        let report = try Report(result.standardOutputBytes)
        #expect(report.complete && report.total == 3)
    }

    @Test(arguments: Model.processes)
    func `no worker outlives a parent that was killed`(model: [String]) async throws {
        try await withStuckProgram(model) { program in
            #expect(!Workers.identifiers(of: program).isEmpty)
            program.send(signal: SIGKILL)
            let status = try await program.wait().status
            #expect(status == .signaled(SIGKILL))
        }
    }
}
