// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// The worker processes of a running tool.
enum Workers {
    /// Its fork server is none.
    static func identifiers(of program: RunningProgram) -> [pid_t] {
        Program.descendants(of: program.processIdentifier).map(\.processIdentifier).filter { identifier in
            (try? TestFile.text("/proc/\(identifier)/comm")) == "mp worker\n"
        }
    }

    static func kill(_ identifiers: [pid_t]) {
        for identifier in identifiers { Glibc.kill(identifier, SIGKILL) }
    }

    /// Waits for a worker that is reading a web document, other than these.
    static func first(of program: RunningProgram, notAmong others: Set<pid_t>) async throws -> pid_t {
        while program.isRunning {
            // From its first web document on it has an event loop.
            let found = identifiers(of: program).first { identifier in
                let tasks = "/proc/\(identifier)/task"
                let names = TestFile.names(in: tasks).map { try? TestFile.text("\(tasks)/\($0)/comm") }
                return !others.contains(identifier) && names.contains { $0?.hasPrefix("NIO-ELT") == true }
            }
            if let found { return found }
            await Task.yield()
        }
        throw ProgramError.endedBeforeLine(containing: "a worker", try await program.wait())
    }
}

@Suite(.leavesNothingBehind) struct WorkerDeathTests {
    @Test(arguments: Model.processes)
    func `in a run of many documents a killed worker's is counted again`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(50, to: folder)
            try await Tool.withServer([folder, "--delay", "25"]) { url in
                let sources = (0..<2_000).map { "\($0 % 10 == 0 ? url : folder)/\($0 % 50).txt" }
                try TestFile.write(sources.joined(separator: "\n"), to: folder + "/list")
                let program = try Tool.start(
                    model + ["@\(folder)/list", "--workers", "8", "--format", "json", "--verbose"])
                try await program.line(containing: "49.txt: ", on: .standardError)
                // Eight wait for the server nearly all of the time: at least one of them has a document.
                Workers.kill(Workers.identifiers(of: program))
                try await program.line(containing: "which is counted again", on: .standardError)
                let result = try await program.wait()
                #expect(result.status == .exited(0))
                let report = try Report(result.standardOutputBytes)
                #expect(report.table == Oracle.letters(documents).map { $0 * 40 })
                #expect(report.documents == 2_000 && report.failures.isEmpty)
                #expect(result.standardError.contains("killed by SIGKILL"))
            }
        }
    }

    @Test(arguments: Model.processes)
    func `without retries it is reported, and the others are exact`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(100, to: folder)
            try await Tool.withServer(["--delay", "3600000"]) { url in
                let stuck = url + "/never"
                let program = try Tool.start(
                    model + [stuck, folder, "--retries", "0", "--workers", "2", "--format", "json", "--verbose"])
                try await program.line(containing: "/99.txt: ", on: .standardError)
                Workers.kill(Workers.identifiers(of: program))
                let result = try await program.wait()
                #expect(result.status == .exited(1))
                let report = try Report(result.standardOutputBytes)
                #expect(report.failures.map(\.source) == [stuck])
                #expect(report.failures.first?.reason.contains("SIGKILL") == true)
                #expect(report.table == Oracle.letters(documents))
                #expect(report.complete)
            }
        }
    }

    @Test(arguments: Model.processes)
    func `a document whose worker dies every time fails in the end, and no other`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(20, to: folder)
            try await Tool.withServer(["--delay", "3600000"]) { url in
                let stuck = url + "/never"
                let program = try Tool.start(
                    model + [folder, stuck, "--retries", "2", "--workers", "1", "--format", "json", "--verbose"])
                try await program.line(containing: "/9.txt: ", on: .standardError)
                var dead: Set<pid_t> = []
                for _ in 0..<3 {
                    let worker = try await Workers.first(of: program, notAmong: dead)
                    Workers.kill([worker])
                    dead.insert(worker)
                }
                let result = try await program.wait()
                #expect(result.status == .exited(1))
                let report = try Report(result.standardOutputBytes)
                #expect(report.failures.map(\.source) == [stuck])
                #expect(report.table == Oracle.letters(documents))
                let lines = result.standardError.split(separator: "\n")
                #expect(lines.filter { $0.hasSuffix("which is counted again") }.count == 2)
            }
        }
    }
}
