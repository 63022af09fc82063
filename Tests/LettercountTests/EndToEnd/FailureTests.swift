// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct FailureTests {
    @Test(arguments: Model.all)
    func `what fails is listed, and the total is that of the others`(model: [String]) async throws {
        let corpus = GeneratedCorpus()
        try await Tool.withServer(["--fail", "30"]) { url in
            let report = try await Tool.report(
                model + ["rfc:1000-1019", "--rfc-base", url, "--retries", "0"], endingWith: 1)
            #expect(report.failures.count == 6 && report.documents == 14)
            let failed = Set(report.failures.map { String($0.source.dropFirst(url.count + 1)) })
            #expect(report.failures.allSatisfy { $0.reason.contains("503") })
            #expect(report.table == Self.sum(corpus.names.filter { !failed.contains($0) }, of: corpus))
            #expect(report.complete)
        }
    }

    @Test func `retries get past a server that fails now and then`() async throws {
        try await Tool.withServer(["--fail", "30"]) { url in
            let report = try await Tool.report(["rfc:1000-1003", "--rfc-base", url, "--workers", "1"])
            #expect(report.failures.isEmpty && report.documents == 4)
        }
    }

    @Test func `each failure has a line on standard error and its reason`() async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("good", to: folder + "/good")
            try TestFile.write("too large", to: folder + "/large")
            try await Tool.withServer([folder]) { url in
                let sources = [
                    "\(url)/good", "\(url)/missing", "\(folder)/large", "http://127.0.0.1:1/refused", "/dev/null",
                ]
                let options = ["--retries", "0", "--max-bytes", "8", "--format", "json"]
                let result = try await Tool.run(options + sources)
                #expect(result.status == .exited(1))
                let report = try Report(result.standardOutputBytes)
                #expect(report.table == Oracle.letters([Array("good".utf8)]))
                let reasons = Dictionary(uniqueKeysWithValues: report.failures.map { ($0.source, $0.reason) })
                #expect(Set(reasons.keys) == Set(sources.dropFirst()))
                for (source, word) in zip(sources.dropFirst(), ["404", "8 bytes", "connection failed", "regular"]) {
                    #expect(reasons[source]?.contains(word) == true, "\(reasons)")
                    let line = "lettercount: cannot count \(source): \(reasons[source] ?? "")"
                    #expect(result.standardError.split(separator: "\n").contains(Substring(line)))
                }
            }
        }
    }

    @Test func `a server that is too slow is given up`() async throws {
        try await Tool.withServer(["--delay", "3600000"]) { url in
            let report = try await Tool.report([url + "/rfc1000.txt", "--timeout", "0.2"], endingWith: 1)
            #expect(report.failures.first?.reason.contains("timed out") == true)
        }
    }

    private static func sum(_ names: [String], of corpus: GeneratedCorpus) -> [UInt64] {
        names.reduce(into: [UInt64](repeating: 0, count: 26)) { sum, name in
            for (index, count) in (corpus.expectedLetters(inDocument: name) ?? []).enumerated() { sum[index] += count }
        }
    }
}
