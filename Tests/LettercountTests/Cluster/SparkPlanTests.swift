// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Testing

@testable import lettercount

@Suite struct SparkPlanTests {
    private static func plan(_ arguments: [String], environment: [String: String] = [:]) throws -> SparkPlan {
        let typed = try #require(try Lettercount.parseAsRoot(["spark", "--master", "m"] + arguments) as? Spark)
        return try SparkPlan(typed, environment: { environment[$0] }, workingDirectory: "/here")
    }

    @Test(arguments: [
        (0, 1), (1, 1), (100, 1), (101, 2), (9_400, 94), (10_000, 100), (94_000, 100), (100_001, 101),
        (1_000_000, 1_000),
        (100_000_000, 10_000),
    ])
    func `there are as many tasks as are worth their cost`(documents: Int, tasks: Int) {
        #expect(SparkPlan.tasks(for: documents) == tasks)
    }

    @Test func `names are understood wherever the worker is`() throws {
        #expect(
            try Self.plan(["rfc:1-2", "/dev/null", "--rfc-base", "http://h"]).input
                == .documents(["http://h/rfc1.txt", "http://h/rfc2.txt", "/dev/null"]))
    }

    @Test(arguments: [
        (["hdfs://a/b*", "s3a://c/"], SparkPlan.Input.contents(["hdfs://a/b*", "s3a://c/"], areParts: false)),
        (["--split", "file:///x"], .contents(["file:///x"], areParts: true)), (["@hdfs://a/l"], .list("hdfs://a/l")),
    ])
    func `what Spark reads is left to it`(arguments: [String], input: SparkPlan.Input) throws {
        #expect(try Self.plan(arguments).input == input)
    }

    @Test(arguments: [
        ["hdfs://a", "/dev/null"], ["@hdfs://a", "hdfs://b"], ["@hdfs://a", "@hdfs://b"], ["gopher:x"], ["-"],
    ])
    func `what cannot be counted in one run is refused`(arguments: [String]) {
        #expect(throws: Refusal.self) { try Self.plan(arguments) }
    }

    @Test func `the settings of the user come last, so that they count`() throws {
        let plan = try Self.plan(["--conf", "spark.ui.showConsoleProgress=true", "/dev/null"])
        let arguments = plan.submission(driver: "d", binary: "b", job: "j", logging: "l")
        #expect(arguments.starts(with: ["--master", "m", "--deploy-mode", "client"]))
        #expect(arguments.suffix(4) == ["--conf", "spark.ui.showConsoleProgress=true", "d", "j"])
    }

    @Test func `the worker is given what was typed, and one processor`() throws {
        let worker = try Self.plan(["/dev/null", "--keep-going", "--max-bytes", "9", "--retries", "1"]).worker
        #expect(
            worker.starts(with: [
                "worker", "--text", "letters", "--keep-going", "--max-bytes", "9", "--null", "--workers", "1",
            ]))
        #expect(worker.suffix(2) == ["--retries", "1"])
        #expect(try Self.plan(["hdfs://a", "--split"]).worker.suffix(2) == ["--input", "parts"])
        #expect(throws: Never.self) { try Lettercount.parseAsRoot(worker) }
    }

    @Test func `what the driver has found is judged`() throws {
        func outcome(_ json: String) throws -> SparkOutcome { try #require(SparkOutcome(Array(json.utf8))) }
        var part = PartialCount()
        (part.documents, part.letters["a"], part.text, part.batches) = (2, 5, .letters, [BatchIdentity(name: "b")])
        let line = PartialLine.text(of: part)
        let quoted = JSONText.string(line)
        let names = SparkPlan.Input.documents(["x", "y"])
        #expect(try outcome("{\"lines\": [\(quoted)], \"expected\": 2}").count(names) == part)
        for wrong in [
            "{\"lines\": [\(quoted)], \"expected\": 3}", "{\"lines\": [], \"expected\": 2}",
            "{\"lines\": [\(quoted), \(quoted)], \"expected\": 2}", "{\"lines\": [\(quoted)]}",
        ] { #expect(throws: Refusal.self, "\(wrong)") { try outcome(wrong).count(names) } }
        // A job that lost a document: nobody expected so many.
        #expect(throws: Refusal.self) {
            try outcome("{\"lines\": [\(quoted)], \"expected\": 3}").count(.contents(["x"], areParts: false))
        }
        #expect(throws: Refusal(.someFailed, "task 1: why")) {
            try outcome(#"{"error": "task 1", "stderr": "x\nwhy", "status": 1}"#).count(names)
        }
        #expect(throws: Refusal(.defect, "task 1: why")) {
            try outcome(#"{"error": "task 1: why", "stderr": "x\nwhy", "status": -9}"#).count(names)
        }
        #expect(SparkOutcome([]) == nil)
    }
}
