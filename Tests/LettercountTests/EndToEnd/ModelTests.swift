// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Foundation
import TestSupport
import Testing

/// The main job: the same table, whoever counts.
@Suite(.leavesNothingBehind) struct ModelTests {
    @Test(arguments: Model.all)
    func `without a source it counts the documents of its own server`(model: [String]) async throws {
        let report = try await Tool.report(model)
        #expect(report.table == GeneratedCorpus().expectedLetters)
        #expect(report.total == GeneratedCorpus().expectedLetters.reduce(0, +))
        #expect(report.documents == 20)
        #expect(report.complete && report.failures.isEmpty)
    }

    @Test(arguments: Model.all)
    func `every model finds what a simple count finds, over HTTP and on disk`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(7, to: folder)
            try await Tool.withServer([folder]) { url in
                let urls = documents.indices.map { "\(url)/\($0).txt" }
                for sources in [urls, [folder], Array(urls.prefix(3)) + (3..<7).map { "\(folder)/\($0).txt" }] {
                    let report = try await Tool.report(model + sources)
                    #expect(report.table == Oracle.letters(documents))
                    #expect(report.bytes == UInt64(documents.joined().count))
                    let python = try await Tool.report(model + sources + ["--text", "python-repr"])
                    #expect(python.table == Oracle.pythonRepr(documents))
                    #expect(python.text == "python-repr")
                }
            }
        }
    }

    @Test(arguments: Model.all)
    func `the report says who counted`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            try TestFile.write("a", to: folder + "/a")
            let workers = model[1] == "sequential" ? [] : ["--workers", "3"]
            let report = try await Tool.report(model + workers + [folder])
            #expect(report.model == model[1])
            #expect(report.workers == (workers.isEmpty ? 1 : 3))
            #expect(
                report.startMethod
                    == (model[1] == "processes" ? model.last == "processes" ? "forkserver" : model.last : nil))
            #expect(report.elapsedSeconds > 0)
        }
    }

    @Test(
        .enabled(if: corpusFolder != nil, "the corpus is not here"), arguments: Model.all, ["letters", "python-repr"])
    func `the notebook's tables are exact`(model: [String], text: String) async throws {
        let corpus = try #require(corpusFolder)
        struct Expected: Decodable {
            var notebook: [String: UInt64]
            var letters: [String: UInt64]
        }
        let expected = try JSONDecoder().decode(Expected.self, from: Data(TestFile.read(corpus + "/expected.json")))
        try await Tool.withServer([corpus]) { url in
            let report = try await Tool.report(model + ["rfc:1000-1019", "--rfc-base", url, "--text", text])
            #expect(report.letters == (text == "letters" ? expected.letters : expected.notebook))
            #expect(report.documents == 20 && report.complete && report.failures.isEmpty)
        }
    }

    @Test func `one after the other, the delays of a slow server add up`() async throws {
        try await Tool.withServer(["--delay", "20"]) { url in
            let report = try await Tool.report(["-m", "sequential", "rfc:1000-1004", "--rfc-base", url])
            #expect(report.elapsedSeconds >= 0.1)
        }
    }

    @Test(arguments: Model.all.dropFirst())
    func `many at a time take less than a fifth of the sum`(model: [String]) async throws {
        try await Tool.withServer(["--delay", "300"]) { url in
            let report = try await Tool.report(model + ["rfc:1000-1019", "--rfc-base", url])
            #expect(report.table == GeneratedCorpus().expectedLetters)
            #expect(report.elapsedSeconds < 20 * 0.3 / 5)
        }
    }
}
