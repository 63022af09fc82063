// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// A count that is divided, as its users do it: with programs and pipes.
@Suite(.leavesNothingBehind) struct WorkerMergeTests {
    private static func names(_ count: Int, in folder: String) -> [String] { (0..<count).map { "\(folder)/\($0).txt" } }

    @Test func `the line of a worker, merged, is the report of a count`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(30, to: folder)
            for text in ["letters", "python-repr"] {
                let counted = try await Tool.report([folder, "--text", text])
                let line = try await Tool.worker([folder], ["--text", text])
                let merged = try MergedReport(try await Tool.merge([line], ["-f", "json"]).standardOutputBytes)
                #expect(merged.letters == counted.letters && merged.bytes == counted.bytes)
                #expect(merged.documents == 30 && merged.text == text && merged.complete && merged.engine == nil)
                #expect(text != "letters" || merged.table == Oracle.letters(documents))
            }
        }
    }

    @Test func `5,000 documents in 1, 2, 7 and 64 shards give the same bytes, however they are divided`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(50, to: folder)
            // Each document under a hundred names.
            let list = (0..<5_000).map { "\(folder)/\(String(repeating: "./", count: $0 / 50))\($0 % 50).txt" }
            try TestFile.write(list.map { $0 + "\0" }.joined(), to: folder + "/list")
            var (dice, results) = (Dice(7), Set<[UInt8]>())
            for count in [1, 2, 7, 64] {
                var shards: [String] = []
                for index in (1...count).shuffled(using: &dice) {
                    shards.append(try await Tool.worker([], ["--shard", "\(index)/\(count)", "@\(folder)/list"]))
                }
                let lots = try await Self.linesOfRandomLots(list, count, using: &dice)
                let streams = try await Self.linesOfStreams(list, documents, count, using: &dice)
                for lines in [shards, lots, streams] {
                    let grouped = try await Tool.merge(Array(lines.prefix(lines.count / 2)), ["-f", "ndjson"])
                    let parts = [grouped.standardOutput] + lines.suffix(lines.count - lines.count / 2)
                    results.insert(
                        try await Tool.merge(parts, ["-f", "json", "--documents", "5000"]).standardOutputBytes)
                }
            }
            let report = try MergedReport(try #require(results.first))
            #expect(results.count == 1)
            #expect(report.table == Oracle.letters(documents).map { $0 * 100 } && report.documents == 5_000)
        }
    }

    private static func lots<Element>(
        _ all: [Element], _ count: Int, using dice: inout Dice
    ) -> [[Element]] {
        var lots = [[Element]](repeating: [], count: count)
        for element in all { lots[.random(in: lots.indices, using: &dice)].append(element) }
        return lots
    }

    private static func linesOfRandomLots(
        _ list: [String], _ count: Int, using dice: inout Dice
    ) async throws -> [String] {
        var lines: [String] = []
        for lot in lots(list, count, using: &dice) { lines.append(try await Tool.worker(lot)) }
        return lines
    }

    private static func linesOfStreams(
        _ list: [String], _ documents: [[UInt8]], _ count: Int, using dice: inout Dice
    ) async throws -> [String] {
        var lines: [String] = []
        for lot in lots(Array(list.enumerated()), count, using: &dice) {
            let stream = Netstrings.stream(lot.map { ($0.element, documents[$0.offset % documents.count]) })
            let result = try await Tool.run(["worker", "--input", "documents"], standardInput: .bytes(stream))
            #expect(result.status == .exited(0), "\(result.standardError)")
            lines.append(result.standardOutput)
        }
        return lines
    }

    @Test(arguments: [["-m", "threads"], ["-m", "processes"], ["-m", "tasks"], ["-m", "sequential"]])
    func `nothing is written for nothing, and for a document that cannot be read`(model: [String]) async throws {
        let nothing = try await Tool.run(["worker"] + model)
        #expect(nothing.status == .exited(0) && nothing.standardOutput.isEmpty && nothing.standardError.isEmpty)
        try await withTemporaryDirectory { folder in
            _ = try Samples.write(9, to: folder)
            let list = Self.names(9, in: folder) + ["\(folder)/missing", "\(folder)/missing too"]
            let failed = try await Tool.run(
                ["worker"] + model, standardInput: .text(list.map { $0 + "\n" }.joined()))
            #expect(failed.status == .exited(1) && failed.standardOutput.isEmpty)
            let last = try #require(failed.standardError.split(separator: "\n").last)
            #expect(last.contains("2 of 11 documents") && last.contains("\(folder)/missing: no such file"))
            let line = try await Tool.worker(list, model + ["--keep-going"])
            let merged = try await Tool.run(["merge", "-f", "json", "--documents", "11"], standardInput: .text(line))
            #expect(merged.status == .exited(1))
            #expect(merged.standardError.split(separator: "\n").count == 2)
            let report = try MergedReport(merged.standardOutputBytes)
            #expect(report.documents == 9 && report.failures.map(\.source) == list.suffix(2))
        }
    }

    @Test func `names with blanks, hashes and newlines are names, with zero bytes between them`() async throws {
        try await withTemporaryDirectory { folder in
            let names = [" a ", "#b", "c\nd", "e\tf", "-", "@g", "rfc:1"]
            for name in names { try TestFile.write("x", to: "\(folder)/\(name)") }
            let line = try await Tool.worker(names.map { "\(folder)/\($0)" })
            let report = try MergedReport(try await Tool.merge([line], ["-f", "json"]).standardOutputBytes)
            #expect(report.letters["x"] == 7 && report.documents == 7)
        }
    }

    @Test func `what was counted twice, is missing, damaged or of another kind is refused, and nothing is written`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            _ = try Samples.write(9, to: folder)
            let whole = try await Tool.worker([folder])
            let other = try await Tool.worker([folder], ["--text", "python-repr", "--batch", "other"])
            var shards: [String] = []
            for index in 1...3 { shards.append(try await Tool.worker([], ["--shard", "\(index)/3", folder])) }
            let half = try await Tool.worker([], ["--shard", "1/2", folder])
            let cases: [([String], String)] = [
                ([whole, whole], "counted twice"), ([whole, other], "python-repr"),
                ([shards[0], shards[2]], "shard 2/3 is missing"),
                (shards + [half], "divided"), ([whole, String(shards[0].dropLast(9))], "line 2"),
                ([shards[0], shards[1], "\n", shards[2], "x\n"], "line 5"), ([], "nothing to merge"),
            ]
            for (lines, words) in cases {
                let result = try await Tool.run(["merge"], standardInput: .text(lines.joined()))
                #expect(result.status == .exited(lines.isEmpty ? 66 : 65), "\(words)")
                #expect(
                    result.standardOutput.isEmpty && result.standardError.contains(words), "\(result.standardError)")
            }
            let short = try await Tool.run(["merge", "--documents", "10"], standardInput: .text(whole))
            #expect(short.status == .exited(65) && short.standardError.contains("9 documents instead of 10"))
            #expect(
                try await Tool.merge([shards[0], shards[2]], ["--allow-missing"]).standardOutput.contains("6 documents")
            )
            #expect(try await Tool.merge([], ["-f", "ndjson"]).standardOutput.isEmpty)
        }
    }

    @Test func `a mixture weighs files, not letters`() async throws {
        try await withTemporaryDirectory { folder in
            for (name, text) in [("a", "a"), ("b", String(repeating: "ab", count: 500))] {
                try TestFile.write(text, to: "\(folder)/\(name).txt")
                try TestFile.write(try await Tool.worker(["\(folder)/\(name).txt"]), to: "\(folder)/\(name)")
            }
            let weights = ["--weight", "0.6:\(folder)/a", "--weight", "0.4:\(folder)/b"]
            let csv = try await Tool.run(["merge", "-f", "csv"] + weights)
            #expect(csv.standardOutput.hasPrefix("letter,share\na,0.800000\nb,0.200000\nc,0.000000\n"))
            for format in ["table", "json", "markdown"] {
                let result = try await Tool.run(["merge", "-f", format] + weights)
                #expect(result.status == .exited(0) && result.standardOutput.contains("\(folder)/a"))
            }
        }
    }

    @Test(arguments: [
        "3:a.txt,2:xx", "3:a.txt,2:xx,4", "a", "3:a.txt2:xx,", "3:a.txt,9999999999999999999:x", "-1:a,1:b,", ":,",
    ])
    func `a stream of documents that is damaged is refused whole`(stream: String) async throws {
        let result = try await Tool.run(["worker", "--input", "documents"], standardInput: .text("1:o,1:o," + stream))
        #expect(result.status == .exited(65) && result.standardOutput.isEmpty, "\(result.standardError)")
    }

    @Test func `parts count as letters and bytes, and not as documents`() async throws {
        let stream = Netstrings.stream([("", Array("abc".utf8)), ("", Array("a".utf8))])
        let line = try await Tool.run(["worker", "--input", "parts"], standardInput: .bytes(stream)).standardOutput
        let report = try MergedReport(try await Tool.merge([line], ["-f", "json"]).standardOutputBytes)
        #expect(report.letters["a"] == 2 && report.bytes == 4 && report.documents == 0)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGKILL])
    func `a worker that is ended writes nothing`(signal: Int32) async throws {
        try await Tool.withServer(["--delay", "600000"]) { url in
            try await withTemporaryDirectory { folder in
                try TestFile.write("a", to: folder + "/a")
                let worker = try Tool.start(["worker", "-v", "\(url)/rfc1000.txt", folder + "/a"])
                try await worker.line(containing: "/a: 1 bytes", on: .standardError)
                worker.send(signal: signal)
                let result = try await worker.wait()
                #expect(result.status == .signaled(signal) && result.standardOutput.isEmpty)
            }
        }
    }

    @Test func `a line that cannot be written is no success`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("a", to: folder + "/a")
            for arguments in [["worker", folder], ["worker", "--input", "documents"]] {
                let result = try await Tool.run(
                    arguments, standardInput: .text("1:a,1:b,"), standardOutput: .file("/dev/full"))
                #expect(result.status == .exited(74) && result.standardError.contains("No space left"))
            }
        }
    }
}
