// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// What makes no sense is refused before anything happens, and the message names it.
@Suite(.leavesNothingBehind) struct UsageTests {
    @Test(arguments: [
        (["--workers", "0"], "--workers"), (["--workers", "1025"], "--workers"), (["--workers", "many"], "--workers"),
        (["--model", "fibers"], "sequential"), (["--start-method", "forkserver"], "--model processes"),
        (["--model", "processes", "--start-method", "clone"], "spawn"),
        (["--model", "sequential", "--workers", "2"], "--model sequential"),
        (["--model", "sequential", "--sync", "mutex"], "--model sequential"),
        (["--ipc", "messages"], "--model processes"),
        (["--model", "processes", "--ipc", "messages", "--sync", "atomic"], "shared-memory"),
        (["--sync", "lock"], "mutex"), (["--grain", "word"], "block"),
        (["--text", "words"], "python-repr"), (["--format", "xml"], "csv"),
        (["--timeout", "0"], "--timeout"), (["--timeout=-1"], "--timeout"), (["--timeout", "nan"], "--timeout"),
        (["--timeout", "inf"], "--timeout"), (["--timeout", "soon"], "--timeout"),
        (["--retries=-1"], "--retries"), (["--retries", "101"], "--retries"), (["--retries", "x"], "--retries"),
        (["--max-bytes", "0"], "--max-bytes"), (["--max-bytes=-1"], "--max-bytes"),
        (["--max-bytes", "1.5"], "--max-bytes"), (["--quiet", "--verbose"], "--quiet"), (["--output", ""], "--output"),
        (["--include", "*.txt"], "folder"), (["--exclude", "x"], "folder"), (["/", "--include", "["], "["),
        (["/", "--exclude", ""], "pattern"), (["rfc:"], "rfc:"), (["rfc:9-1"], "backwards"),
        (["rfc:1", "--rfc-base", "example.com"], "example.com"), (["http://"], "http://"), (["gopher://x"], "gopher"),
        (["@"], "list"), (["-", "-"], "standard input"), (["-", "@-"], "standard input"), ([""], "empty"),
        (["--nonsense"], "--nonsense"), (["--model", "processes", "--nonsense"], "--nonsense"),
        (["--quiet", "--progress"], "--progress"), (["compare", "-m", "fibers"], "threads/atomic"),
        (["compare", "--runs", "0"], "--runs"), (["compare", "--delay=-1"], "--delay"),
        (["compare", "--within", "0"], "--within"), (["compare", "--workload", "idling"], "computing"),
        (["compare", "--passes", "0"], "--passes"), (["scale", "--workers", "0"], "--workers"),
        (["compare", "--report", ""], "--report"), (["scale", "--trace", "x"], "--trace"),
        (["serve", "--port", "65536"], "--port"), (["serve", "--port=-1"], "--port"),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--delay=-1"], "--delay"), (["serve", "--delay", "3600001"], "--delay"),
        (["serve", "--fail", "101"], "--fail"), (["serve", "--fail=-1"], "--fail"), (["serve", "a", "b"], "b"),
        (["worker", "--shard", "0/3"], "--shard"), (["worker", "--shard", "4/3"], "--shard"),
        (["worker", "--shard", "auto"], "SLURM_ARRAY_TASK_ID"), (["worker", "--batch", ""], "--batch"),
        (["worker", "--input", "parts", "--text", "python-repr"], "python-repr"),
        (["worker", "--input", "documents", "x"], "--input"), (["worker", "--workers", "0"], "--workers"),
        (["merge", "--weight", "x:a"], "--weight"), (["merge", "--weight", "0:a"], "--weight"),
        (["merge", "--weight", "1:a", "b"], "b"), (["merge", "--weight", "1:a", "-f", "ndjson"], "mixture"),
        (["merge", "--documents=-1"], "--documents"), (["spark"], "--master"), (["spark", "--master", "x"], "list"),
        (["spark", "--master", "x", "--conf", "y", "/dev/null"], "--conf"),
        (["spark", "--master", "x", "hdfs://a/b", "/dev/null"], "one run"),
        (["spark", "--master", "x", "--split", "/dev/null"], "--split"), (["spark", "--master", "x", "-"], "standard"),
        (["slurm"], "counted"), (["slurm", "--shards", "0", "/dev/null"], "--shards"),
        (["slurm", "--sbatch", "x", "/dev/null"], "--sbatch"),
    ])
    func `it is refused`(arguments: [String], word: String) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.status == .exited(64))
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.contains(word), "\(result.standardError)")
    }

    @Test func `the help has examples, every option, the lesson of fork, and the exit codes`() async throws {
        let plain = try await Tool.run(["--help"])
        #expect(plain.status == .exited(0) && plain.standardError.isEmpty)
        for word in [
            "EXAMPLES", "--model", "--workers", "--start-method", "--sync", "--ipc", "--grain", "--text", "--format",
            "--output", "--timeout",
            "--retries", "--max-bytes", "--quiet", "--verbose", "--include", "--exclude", "--rfc-base", "first fork",
            "EXIT CODES", "lettercount compare", "lettercount scale", "lettercount serve",
            "lettercount worker", "lettercount merge", "lettercount spark", "lettercount slurm",
        ] { #expect(plain.standardOutput.contains(word), "\(word)") }
        for code in ["0", "1", "64", "65", "66", "70", "74", "130", "143"] {
            #expect(plain.standardOutput.contains(" \(code)  "), "\(code)")
        }
        #expect(plain.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 80 })
        for arguments in [["-h"], ["help"], ["count", "--help"], ["help", "count"]] {
            #expect(try await Tool.run(arguments).standardOutput == plain.standardOutput)
        }
    }

    @Test(arguments: ["compare", "scale"])
    func `the help of the measuring commands has examples and fits a terminal`(command: String) async throws {
        let help = try await Tool.run(["help", command])
        #expect(help.status == .exited(0))
        for word in ["EXAMPLES", "--runs", "--report", "--grain", "--model"] {
            #expect(help.standardOutput.contains(word))
        }
        #expect(help.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test(arguments: [
        ("worker", ["--shard", "--batch", "--keep-going", "--null"]),
        ("merge", ["--weight", "--documents", "EXIT CODES"]),
        ("spark", ["--master", "--split", "hdfs://", "EXIT CODES"]), ("slurm", ["--shards", "--into", "--sbatch"]),
    ])
    func `the help of what counts on many machines has examples and fits a terminal`(
        command: String, words: [String]
    ) async throws {
        let help = try await Tool.run(["help", command])
        #expect(help.status == .exited(0))
        for word in words + ["EXAMPLES"] { #expect(help.standardOutput.contains(word), "\(word)") }
        #expect(help.standardOutput.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    @Test func `the help of serve and the version`() async throws {
        let serve = try await Tool.run(["help", "serve"])
        for word in ["--port", "--delay", "--fail", "EXAMPLES"] { #expect(serve.standardOutput.contains(word)) }
        let version = try await Tool.run(["--version"])
        #expect(version.status == .exited(0))
        #expect(version.standardOutput.split(separator: ".").count == 3)
    }
}
