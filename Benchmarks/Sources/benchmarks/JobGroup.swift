// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The whole job as a user starts it: a command, from its start to its printed table.
struct JobGroup: Group {
    private static let delay = 50
    private static let models = [
        ("sequential", ["--model", "sequential"]),
        ("threads", ["--model", "threads"]),
        ("processes forkserver", ["--model", "processes", "--start-method", "forkserver"]),
        ("processes spawn", ["--model", "processes", "--start-method", "spawn"]),
        ("processes fork", ["--model", "processes", "--start-method", "fork"]),
    ]
    private static let build = "swift build -c release --product lettercount"

    func measure(runs: Int) throws -> String {
        let title = "### The whole job"
        guard let tool = Place.lettercount else { return "\(title)\n\nskipped: no lettercount here; \(Self.build)" }
        return try Place.withTemporaryFolder { folder in
            guard let corpus = try JobCorpus(tool, folder) else { return "\(title)\n\nskipped: \(JobCorpus.needs)" }
            return try Self.measure(tool, corpus, runs)
        }
    }

    private static func measure(_ tool: String, _ corpus: JobCorpus, _ runs: Int) throws -> String {
        let check = CountCheck()
        let server = try CorpusServer(tool, corpus.folder, delay: delay)
        defer { server.end() }
        let urls = corpus.names.map { "\(server.baseURL)/\($0)" }
        let files = corpus.names.map { "\(corpus.folder)/\($0)" }
        let local = programs("files", tool, files, peers: [("loop", ["files"])], check)
        let remote = programs(
            "http", tool, urls, peers: [("loop", ["http", "1"]), ("20 threads", ["http", "20"])], check)
        let missing = Peers.python == nil ? ["CPython": Peers.noPython] : [:]
        let fileRounds = try Rounds(runs, of: local, named: "job: files")
        let webRounds = try Rounds(runs, of: remote, named: "job: HTTP")
        let size = "\(corpus.names.count) documents, \(fixed(Double(corpus.byteCount) / 1e6, places: 1)) MB"
        return [
            table("files", "The whole job, \(size), from files", ["loop"]).markdown(
                fileRounds.series, missing: missing),
            table("http", "The whole job, \(size), over HTTP with \(delay) ms a document", ["loop", "20 threads"])
                .markdown(webRounds.series, missing: missing),
            check.summary,
        ].joined(separator: "\n\n")
    }

    /// The tool under each model, and the loop in Python, all over the same documents.
    private static func programs(
        _ kind: String, _ tool: String, _ sources: [String], peers: [(String, [String])], _ check: CountCheck
    ) -> [Program] {
        var programs = models.map { name, options in
            Program(
                "ours", timing: "\(kind) \(name)",
                [tool, "count", "--quiet", "--text", "python-repr", "--format", "csv"] + options + sources,
                check: check.verify)
        }
        guard let python = Peers.python else { return programs }
        programs += peers.map { name, arguments in
            Program(
                "CPython", timing: "\(kind) \(name)", [python, Peers.folder + "/job.py"] + arguments + sources,
                check: check.verify)
        }
        return programs
    }

    private static func table(_ kind: String, _ title: String, _ peers: [String]) -> Table {
        let ours = models.map { name, _ in row("ours", kind, name, "`lettercount`, \(name)") }
        let others = peers.map { row("CPython", kind, $0, "Python, \($0)") }
        return Table(
            title: title, unit: .milliseconds, ratioTitles: ["sequential ÷ it", "Python's loop ÷ it"],
            rows: ours + others)
    }

    private static func row(_ program: String, _ kind: String, _ name: String, _ label: String) -> Table.Row {
        let key = "\(program) \(kind) \(name)"
        let loop = Table.Ratio(of: "CPython \(kind) loop", to: key)
        let sequential = Table.Ratio(of: "ours \(kind) sequential", to: key)
        return Table.Row(label: label, key: key, ratios: [program == "ours" ? sequential : nil, loop])
    }
}

/// Compares the 26 counts of all programs with those of the first.
final class CountCheck {
    private var expected: [Substring]?
    private var comparisons = 0

    func verify(_ output: String) throws {
        // letter,count and perhaps more columns.
        let counts = output.split(separator: "\n").map {
            $0.split(separator: ",").prefix(2).joined(separator: ",")[...]
        }
        .filter { $0.first?.isLowercase == true && $0.dropFirst().first == "," }
        guard counts.count == 26 else { throw BenchmarkFailure("not a table of 26 letters:\n\(output)") }
        guard let expected else {
            self.expected = counts
            return
        }
        guard counts == expected else { throw BenchmarkFailure("counted \(counts) instead of \(expected)") }
        comparisons += 1
    }

    var summary: String { "All 26 counts were the same in \(comparisons + 1) runs of all programs." }
}
