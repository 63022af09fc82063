// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Glibc
import TestSupport
import Testing

/// One table for all workers: exact with whatever synchronisation, and truly told what is lost without.
@Suite(.leavesNothingBehind) struct SharedTableTests {
    private static var exact: [UInt64] { GeneratedCorpus().expectedLetters }

    @Test(arguments: Model.shared, ["letter", "block", "document"])
    func `with synchronisation the table is exact at every grain`(model: [String], grain: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(40, to: folder)
            for text in ["letters", "python-repr"] {
                let report = try await Tool.report(
                    model + ["--grain", grain, "--workers", "4", "--text", text, folder])
                #expect(report.table == (text == "letters" ? Oracle.letters(documents) : Oracle.pythonRepr(documents)))
                #expect(report.grain == grain && report.sync == model.last && report.lostUpdates == nil)
            }
        }
    }

    @Test(arguments: Model.shared)
    func `with synchronisation not one of millions of updates is lost`(model: [String]) async throws {
        let report = try await Tool.report(model)
        #expect(report.table == Self.exact)
        #expect(report.documents == 20 && report.failures.isEmpty)
    }

    @Test(arguments: Model.all, ["letter", "block"])
    func `without a shared table the grain makes no difference`(model: [String], grain: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(7, to: folder)
            for text in ["letters", "python-repr"] {
                let report = try await Tool.report(model + ["--grain", grain, "--text", text, folder])
                #expect(report.table == (text == "letters" ? Oracle.letters(documents) : Oracle.pythonRepr(documents)))
            }
        }
    }

    @Test(arguments: Model.racing)
    func `without synchronisation the number of lost updates is true`(model: [String]) async throws {
        var losses = 0
        for _ in 0..<5 {
            let report = try await Tool.report(model)
            let exact = Self.exact.reduce(0, +)
            #expect(report.lostUpdates == exact - report.total)
            #expect(zip(report.table, Self.exact).allSatisfy { $0 <= $1 })
            #expect(report.documents == 20 && report.complete && report.failures.isEmpty)
            losses += report.total < exact ? 1 : 0
        }
        // On one processor a worker has to be interrupted within an update.
        if sysconf(Int32(_SC_NPROCESSORS_ONLN)) > 1 { #expect(losses > 0) }
    }

    @Test(arguments: ["sharded", "mutex", "atomic"])
    func `a worker that is killed while it reads takes nothing with it`(sync: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(20, to: folder)
            try await Tool.withServer(["--delay", "3600000"]) { url in
                let program = try Tool.start([
                    "-m", "processes", "--sync", sync, "--ipc", "shared-memory", folder, url + "/never", "--retries",
                    "1",
                    "--workers", "1", "--format", "json", "--verbose",
                ])
                try await program.line(containing: "/9.txt: ", on: .standardError)
                var dead: Set<pid_t> = []
                for _ in 0..<2 {
                    let worker = try await Workers.first(of: program, notAmong: dead)
                    Workers.kill([worker])
                    dead.insert(worker)
                }
                let result = try await program.wait()
                #expect(result.status == .exited(1))
                let report = try Report(result.standardOutputBytes)
                #expect(report.table == Oracle.letters(documents))
                #expect(report.failures.map(\.source) == [url + "/never"])
                #expect(result.standardError.contains("which is counted again"))
            }
        }
    }

    @Test(arguments: ["mutex", "atomic", "none"])
    func `a worker that is killed while it updates is reported, and not counted twice`(sync: String) async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write([UInt8](repeating: 0x61, count: 64 << 20), to: folder + "/large")
            let program = try Tool.start([
                "-m", "processes", "--sync", sync, "--workers", "2", "--format", "json", folder + "/large",
            ])
            let worker = try await Workers.busy(of: program, forTicks: 150)
            Workers.kill([worker])
            let result = try await program.wait()
            #expect(result.status == .exited(1))
            let report = try Report(result.standardOutputBytes)
            #expect(report.failures.count == 1)
            #expect(report.failures.first?.reason.contains("while it updated the common table") == true)
            #expect(report.total < 64 << 20)
        }
    }
}

extension Workers {
    /// Waits for a worker that has computed for so many hundredths of a second.
    static func busy(of program: RunningProgram, forTicks ticks: UInt64) async throws -> pid_t {
        while program.isRunning {
            for identifier in identifiers(of: program) {
                let fields = (try? TestFile.text("/proc/\(identifier)/stat"))?.split(separator: ")").last?.split(
                    separator: " ")
                if let fields, fields.count > 12, let used = UInt64(fields[11]), used >= ticks { return identifier }
            }
            await Task.yield()
        }
        throw ProgramError.endedBeforeLine(containing: "a busy worker", try await program.wait())
    }
}
