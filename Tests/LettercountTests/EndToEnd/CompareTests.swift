// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Foundation
import TestSupport
import Testing

/// What the JSON of a comparison promises, read by somebody else's decoder.
struct ComparisonReport: Decodable {
    struct Figure: Decodable { var median: Double }
    struct Run: Decodable {
        var seconds: Double
        var startSeconds: Double
        var processorSeconds: Double
        var letters: UInt64
        var lostUpdates: UInt64
        var surplusUpdates: UInt64
    }
    struct Entry: Decodable {
        var document: String
        var worker: Int
        var start: Double
        var wait: Double
        var transfer: Double
        var count: Double
        var merge: Double
    }
    struct Model: Decodable {
        var name: String
        var model: String
        var sync: String
        var workers: Int
        var seconds: Figure
        var speedUp: Figure?
        var peakMemoryBytes: UInt64?
        var exactRuns: Int
        var failure: String?
        var runs: [Run]
        var timeline: [Entry]
    }
    struct Workload: Decodable {
        var workload: String
        var passes: UInt64?
        var workers: Int
        var models: [Model]
    }
    struct Point: Decodable {
        var workers: Int
        var bytes: UInt64
        var seconds: [Double]
    }
    struct Scaling: Decodable {
        var name: String
        var overWorkers: [Point]
        var overBytes: [Point]
        var serialShare: Double?
    }
    struct Corpus: Decodable {
        var documents: Int
        var total: UInt64
        var letters: [String: UInt64]
    }
    var complete: Bool
    var corpus: Corpus
    var workloads: [Workload]
    var scalings: [Scaling]
    var warnings: [String]

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(Self.self, from: Data(bytes)) }
}

@Suite(.leavesNothingBehind) struct CompareTests {
    private static let allNames =
        ["sequential", "tasks/sharded"] + ["none", "mutex", "atomic", "sharded"].map { "threads/\($0)" }
        + ["fork", "spawn", "forkserver"].flatMap { method in
            ["messages"].map { "processes/\(method)/\($0)" }
                + ["none", "mutex", "atomic", "sharded"].map { "processes/\(method)/shared-memory/\($0)" }
        }

    private static func compare(_ arguments: [String], command: String = "compare") async throws -> ComparisonReport {
        let result = try await Tool.run([command, "--format", "json", "--quiet"] + arguments)
        #expect(result.status == .exited(0), "\(result.standardError)")
        return try ComparisonReport(result.standardOutputBytes)
    }

    @Test func `all models count the same documents, and only those without synchronisation may lose`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(12, to: folder)
            let report = try await Self.compare([
                folder, "--runs", "1", "--delay", "5", "--passes", "3", "--workers", "3",
            ])
            #expect(report.complete && report.corpus.documents == 12)
            #expect(report.corpus.total == Oracle.letters(documents).reduce(0, +))
            #expect(report.workloads.map(\.workload) == ["waiting", "computing"])
            for workload in report.workloads {
                #expect(workload.models.map(\.name) == Self.allNames)
                for model in workload.models { check(model, report.corpus.total * (workload.passes ?? 1)) }
            }
        }
    }

    private func check(_ model: ComparisonReport.Model, _ exact: UInt64) {
        #expect(model.failure == nil && model.runs.count == 1, "\(model.name)")
        for run in model.runs {
            #expect(run.letters + run.lostUpdates == exact + run.surplusUpdates, "\(model.name)")
            #expect(run.surplusUpdates == 0)
            if model.sync != "none" { #expect(run.lostUpdates == 0 && model.exactRuns == 1, "\(model.name)") }
            #expect(run.seconds > 0 && run.processorSeconds > 0 && run.startSeconds <= run.seconds, "\(model.name)")
        }
        #expect(model.workers == (model.model == "sequential" ? 1 : 3))
        #expect(model.timeline.count == 12)
        #expect(Set(model.timeline.map(\.worker)).count <= model.workers)
        for entry in model.timeline {
            #expect(min(entry.start, entry.wait, entry.transfer, entry.count, entry.merge) >= 0)
            #expect(
                entry.start + entry.wait + entry.transfer + entry.count + entry.merge <= model.runs[0].seconds * 1.001)
        }
        if let peak = model.peakMemoryBytes { #expect(peak > 1 << 20 && peak < 4 << 30, "\(model.name)") }
    }

    @Test func `only the chosen models run, over the chosen workload`() async throws {
        let report = try await Self.compare([
            "--workload", "waiting", "--delay", "1", "--runs", "2", "-m", "processes/spawn/messages", "-m",
            "sequential",
        ])
        #expect(report.workloads.count == 1)
        #expect(report.workloads[0].models.map(\.name) == ["sequential", "processes/spawn/messages"])
        #expect(report.workloads[0].models.allSatisfy { $0.runs.count == 2 })
        #expect(report.corpus.total == GeneratedCorpus().expectedLetters.reduce(0, +))
    }

    @Test func `waiting adds up one after the other, and not side by side`() async throws {
        let report = try await Self.compare([
            "--workload", "waiting", "--delay", "40", "--runs", "1", "-m", "sequential", "-m", "threads/sharded",
        ])
        let (sequential, threads) = (report.workloads[0].models[0], report.workloads[0].models[1])
        #expect(sequential.seconds.median >= 20 * 0.04)
        #expect(threads.seconds.median < sequential.seconds.median / 2)
        #expect(sequential.timeline.allSatisfy { $0.wait >= 0.04 })
    }

    @Test func `each form has a line for each model or run`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("letters", to: folder + "/a|b")
            let arguments = [
                "compare", folder, "--workload", "computing", "--runs", "2", "-m", "threads", "--passes", "1", "-q",
            ]
            let csv = try await Tool.run(arguments + ["--format", "csv"]).standardOutput.split(separator: "\n")
            #expect(csv.count == 1 + 4 * 2)
            #expect(Set(csv.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }).count == 1)
            let markdown = try await Tool.run(arguments + ["--format", "markdown"]).standardOutput
            #expect(markdown.split(separator: "\n").count { $0.hasPrefix("| threads/") } == 4)
            let table = try await Tool.run(arguments).standardOutput
            #expect(table.contains("threads/sharded") && table.contains("exact") && table.contains("lost updates"))
        }
    }

    @Test func `an interrupted comparison reports what it has, and ends by the signal`() async throws {
        let program = try Tool.start([
            "compare", "--workload", "waiting", "--delay", "20", "--runs", "1000", "-m", "sequential", "-m", "tasks",
            "--format", "json", "--output", "/dev/stdout",
        ])
        // The file is written after each run.
        try await program.line(containing: "\"seconds\": 0")
        program.send(signal: SIGINT)
        let result = try await program.wait()
        #expect(result.status == .signaled(SIGINT))
        let last = try #require(result.standardOutput.ranges(of: "{\n  \"version\"").last)
        let report = try ComparisonReport(Array(result.standardOutput[last.lowerBound...].utf8))
        #expect(!report.complete && !report.workloads[0].models.isEmpty)
        #expect(report.warnings.contains { $0.contains("interrupted") })
    }

    @Test func `a comparison that is killed leaves its last results in the file`() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder + "/results.json"
            let program = try Tool.start([
                "compare", "--workload", "computing", "--passes", "1", "--runs", "1000", "-m", "sequential", "--format",
                "json",
                "--output", file,
            ])
            while program.isRunning, (try? ComparisonReport(TestFile.read(file)))?.workloads.first?.models.first == nil
            {
                await Task.yield()
            }
            program.send(signal: SIGKILL)
            #expect(try await program.wait().status == .signaled(SIGKILL))
            let report = try ComparisonReport(TestFile.read(file))
            #expect(!report.complete)
            #expect(report.workloads[0].models[0].runs.allSatisfy { $0.lostUpdates == 0 })
        }
    }

    @Test func `models are not compared on half of the documents`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("a", to: folder + "/a")
            try await Tool.withServer(["--fail", "100"]) { url in
                let result = try await Tool.run(["compare", folder, url + "/rfc1000.txt", "--retries", "0"])
                #expect(result.status == .exited(66))
                #expect(result.standardError.contains("503") && result.standardOutput.isEmpty)
            }
        }
    }

    @Test func `scale measures over workers and over bytes`() async throws {
        let report = try await Self.compare(
            ["--workers", "3", "--runs", "1", "--passes", "8", "--grain", "document"], command: "scale")
        #expect(report.workloads.isEmpty)
        #expect(report.scalings.map(\.name) == ["threads/sharded", "processes/forkserver/messages"])
        for scaling in report.scalings {
            #expect(scaling.overWorkers.map(\.workers) == [1, 2, 3])
            #expect(scaling.overBytes.map(\.workers) == [3, 3, 3, 3])
            #expect(Set(scaling.overBytes.map { $0.bytes * 8 / scaling.overBytes[3].bytes }) == [1, 2, 4, 8])
            #expect((0...1).contains(try #require(scaling.serialShare)))
        }
    }

    @Test func `the page and the trace tell what the JSON tells`() async throws {
        try await withTemporaryDirectory { folder in
            let (json, page, trace) = (folder + "/a.json", folder + "/a.html", folder + "/trace.json")
            let result = try await Tool.run([
                "compare", "--workload", "computing", "--passes", "1", "--runs", "2", "-m", "sequential", "-m",
                "threads/none",
                "--workers", "2", "-q", "--format", "json", "-o", json, "--report", page, "--trace", trace,
            ])
            #expect(result.status == .exited(0), "\(result.standardError)")
            #expect(result.standardOutput.isEmpty)
            let text = try TestFile.text(page)
            let start = try #require(text.range(of: #"id="data">"#)?.upperBound)
            let end = try #require(text.range(of: "</script>", range: start..<text.endIndex)?.lowerBound)
            let embedded = try #require(
                try JSONSerialization.jsonObject(with: Data(text[start..<end].utf8)) as? NSDictionary)
            let written = try #require(
                try JSONSerialization.jsonObject(with: Data(TestFile.read(json))) as? NSDictionary)
            #expect(embedded == written)
            struct Trace: Decodable {
                struct Event: Decodable {
                    var name: String
                    var ph: String
                }
                var traceEvents: [Event]
            }
            let events = try JSONDecoder().decode(Trace.self, from: Data(TestFile.read(trace))).traceEvents
            // Twenty documents of two models, and the parts of each.
            #expect(events.count { $0.ph == "X" && $0.name.hasPrefix("rfc") } == 40)
        }
    }
}
