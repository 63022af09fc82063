// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// With the real engine.
@Suite(
    .leavesNothingBehind,
    .enabled(if: Engines.spark != nil, "Spark is not installed: Scripts/install-engines spark"))
struct SparkTests {
    private static let documentCount = 40

    /// Runs the tool against Spark.
    private static func start(_ master: String, _ arguments: [String]) throws -> RunningProgram {
        try Program.start(
            try Tool.path, ["spark", "--master", master, "--format", "json"] + arguments,
            environment: ["SPARK_HOME": Engines.spark, "SPARK_LOCAL_IP": "127.0.0.1"], deadline: .seconds(240))
    }

    private static func report(
        _ master: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> MergedReport {
        let result = try await start(master, arguments).wait()
        #expect(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        return try MergedReport(result.standardOutputBytes)
    }

    private static func check(
        _ report: MergedReport, _ documents: [[UInt8]], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(report.table == Oracle.letters(documents), sourceLocation: sourceLocation)
        #expect(report.documents == documents.count && report.failures.isEmpty, sourceLocation: sourceLocation)
        #expect(report.complete && report.engine?.name.hasPrefix("Spark ") == true, sourceLocation: sourceLocation)
    }

    // MARK: Without losses

    @Test func `files that the workers read give what one machine gives`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(Self.documentCount, to: folder)
            let report = try await Self.report("local[2]", ["--tasks", "40", folder])
            Self.check(report, documents)
            #expect(report.bytes == UInt64(documents.joined().count) && report.engine?.tasks == 40)
            #expect(report.engine?.retries == 0)
        }
    }

    @Test func `files that Spark reads are counted to the byte, as any text`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(Self.documentCount, to: folder)
            let report = try await Self.report("local[2]", ["--text", "python-repr", "file://\(folder)/*.txt"])
            #expect(report.table == Oracle.pythonRepr(documents))
            #expect(report.documents == documents.count && report.bytes == UInt64(documents.joined().count))
        }
    }

    @Test func `lines that Spark reads, of compressed files too, have the same letters`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(9, to: folder)
            let packed = try await Program.run("gzip", (0..<5).map { "\(folder)/\($0).txt" })
            try #require(packed.status == .exited(0))
            Self.check(try await Self.report("local[2]", ["--split", "file://\(folder)"]), documents)
        }
    }

    @Test func `a list that Spark reads is a list`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(Self.documentCount, to: folder)
            let names = documents.indices.map { "\(folder)/\($0).txt" }
            try TestFile.write("# all\n\n" + names.joined(separator: "\n"), to: folder + "/list")
            Self.check(try await Self.report("local[2]", ["@file://\(folder)/list"]), documents)
        }
    }

    @Test func `a result that cannot be written is no success, and leaves no folder behind`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("a", to: folder + "/a")
            let result = try await Tool.run(
                ["spark", "--master", "local", folder + "/a"],
                environment: ["SPARK_HOME": Engines.spark, "SPARK_LOCAL_IP": "127.0.0.1", "TMPDIR": folder],
                standardOutput: .file("/dev/full"))
            #expect(result.status == .exited(74) && result.standardError.contains("No space left"))
            #expect(TestFile.names(in: folder) == ["a"])
        }
    }

    // MARK: What cannot be read

    @Test func `a document that cannot be read fails the job, and is told once, unless it may be missing`() async throws
    {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(9, to: folder)
            let unreadable = folder + "/pipe"
            // A C string for the call.
            try #require(unsafe mkfifo(unreadable, 0o600) == 0)
            try TestFile.write(
                (documents.indices.map { "\(folder)/\($0).txt" } + [unreadable]).joined(separator: "\n"),
                to: folder + "/list")
            let failed = try await Self.start("local[2,3]", ["--tasks", "5", "@\(folder)/list"]).wait()
            #expect(failed.status == .exited(1) && failed.standardOutput.isEmpty)
            #expect(failed.standardError.ranges(of: unreadable).count == 1, "\(failed.standardError)")
            #expect(failed.standardError.contains("a named pipe"))
            let going = try await Self.start("local[2]", ["--keep-going", "@\(folder)/list"]).wait()
            #expect(going.status == .exited(1))
            #expect(going.standardError.ranges(of: unreadable).count == 1, "\(going.standardError)")
            let report = try MergedReport(going.standardOutputBytes)
            #expect(report.documents == 9 && report.failures.map(\.source) == [unreadable])
        }
    }

    @Test func `what is not there is said before Spark is asked`() async throws {
        for (arguments, word) in [
            (["--spark-home", "/no/such"], "/no/such/bin/spark-submit"), (["--binary", "/no/such"], "/no/such"),
        ] {
            let result = try await Self.start("local", arguments + ["/proc/self/status"]).wait()
            #expect(result.status == .exited(66) && result.standardError.contains(word), "\(result.standardError)")
        }
    }

    // MARK: What dies

    /// By itself Spark's own pipe takes what a dying process has written for all that there is.
    @Test(arguments: ["kill -KILL $$", "exit 3"])
    func `workers that die are repeated, whatever they have written already`(death: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(Self.documentCount, to: folder + "")
            let (script, marks) = (folder + ".script", folder + ".marks")
            defer { _ = unsafe (unlink(script), rmdir(marks)) }
            try await Script.write(
                """
                batch=${!#}
                if [ "$1" = worker ] && mkdir -p '\(marks)' && mkdir "\(marks)/${batch##*/}" 2>/dev/null; then
                    '\(try Tool.path)' "$@"
                    \(death)
                fi
                exec '\(try Tool.path)' "$@"
                """, to: script)
            defer { for name in TestFile.names(in: marks) { _ = unsafe rmdir("\(marks)/\(name)") } }
            let report = try await Self.report("local[2,3]", ["--tasks", "4", "--binary", script, folder])
            Self.check(report, documents)
            #expect(report.engine?.retries == 4)
        }
    }

    @Test func `workers that always die fail the job, and say why`() async throws {
        try await withTemporaryDirectory { folder in
            try await Script.write(
                "'\(try Tool.path)' \"$@\"; echo 'the end of it' >&2; kill -SEGV $$", to: folder + "/dying")
            let result = try await Self.start(
                "local[2,2]", ["--tasks", "2", "--binary", folder + "/dying", "/proc/self/status", folder + "/dying"]
            ).wait()
            #expect(result.status == .exited(70) && result.standardOutput.isEmpty)
            #expect(result.standardError.contains("SIGSEGV") && result.standardError.contains("the end of it"))
        }
    }

    @Test(arguments: ["executor", "worker"])
    func `a machine that is killed in the middle costs nothing but time`(victim: String) async throws {
        try await withTemporaryDirectory { folder in
            let state = folder + "/cluster"
            let master = try await Engines.script("spark-cluster", ["start", "--state", state])
            do {
                try await Self.count(on: master, killing: victim, state: state, in: folder)
            } catch { Issue.record(error) }
            _ = try await Engines.script("spark-cluster", ["stop", "--state", state])
            #expect(ProcessTable.all().filter { $0.commandLine.contains(state) }.isEmpty)
        }
    }

    private static func count(on master: String, killing victim: String, state: String, in folder: String) async throws
    {
        let documents = try Samples.write(documentCount, to: folder + "/")
        let gate = try await WorkerGate(before: "/21", in: folder)
        let list = documents.indices.map { "\(folder)/\($0).txt" }
        try TestFile.write(list.joined(separator: "\n"), to: folder + "/list")
        let job = try start(master, ["--tasks", "40", "--binary", gate.script, "@\(folder)/list"])
        try await gate.wait()
        if victim == "worker" {
            _ = try await Engines.script("spark-cluster", ["kill-worker", "--state", state])
        } else {
            let executor = try #require(executors(of: state).first)
            kill(executor, SIGKILL)
        }
        try await gate.open()
        let result = try await job.wait()
        #expect(result.status == .exited(0), "\(result.standardError)")
        let report = try MergedReport(result.standardOutputBytes)
        check(report, documents)
        #expect(report.engine.map { $0.retries > 0 && $0.tasks == 40 } == true)
    }

    private static func executors(of state: String) -> [pid_t] {
        ["worker-1", "worker-2"].compactMap { try? TestFile.text("\(state)/\($0).pid") }
            .compactMap { $0.split(separator: " ").first.flatMap { pid_t($0) } }
            .flatMap { ProcessTable.descendants(of: $0) }
            .filter { $0.commandLine.contains("CoarseGrainedExecutorBackend") }.map(\.processIdentifier)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a job that is interrupted ends, and leaves nothing`(signal: Int32) async throws {
        try await withTemporaryDirectory { folder in
            _ = try Samples.write(Self.documentCount, to: folder)
            let gate = try await WorkerGate(before: "/1", in: folder)
            let job = try Program.start(
                try Tool.path,
                [
                    "spark", "--master", "local[2]", "--tasks", "4", "--binary", gate.script, "\(folder)/0.txt",
                    "\(folder)/1.txt",
                ],
                environment: ["SPARK_HOME": Engines.spark, "SPARK_LOCAL_IP": "127.0.0.1", "TMPDIR": folder],
                deadline: .seconds(120))
            try await gate.wait()
            // Ctrl-C reaches the whole group, a scheduler's SIGTERM only the program.
            job.send(signal: signal, to: signal == SIGINT ? .group : .program)
            let result = try await job.wait()
            #expect(result.status == .signaled(signal) && result.standardOutput.isEmpty, "\(result.standardError)")
            try await gate.open()
            #expect(await job.survivors(after: .seconds(10)).isEmpty)
            #expect(TestFile.names(in: folder).filter { $0.hasPrefix("lettercount-") }.isEmpty)
        }
    }
}
