// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Glibc
import TestSupport
import Testing

/// Few workers that read many documents at a time.
@Suite(.leavesNothingBehind) struct ConnectionTests {
    private static let models = Model.all.filter { $0[1] != "sequential" }

    @Test(arguments: models)
    func `two workers with twenty connections wait for all documents at once`(model: [String]) async throws {
        try await Tool.withServer(["--delay", "300"]) { url in
            let options = ["--workers", "2", "--connections", "20", "rfc:1000-1019", "--rfc-base", url]
            let report = try await Tool.report(model + options)
            #expect(report.table == GeneratedCorpus().expectedLetters)
            #expect(report.workers == 2 && report.documents == 20)
            #expect(report.elapsedSeconds < 1.2)
        }
    }

    @Test(arguments: models)
    func `one of many that are read together fails alone`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(30, to: folder)
            try await Tool.withServer([folder]) { url in
                let urls = (0..<300).map { "\(url)/\($0 % 30).txt" } + ["\(url)/none"]
                try TestFile.write(urls.joined(separator: "\n"), to: folder + "/list")
                let options = ["--workers", "2", "--connections", "20", "@\(folder)/list"]
                let report = try await Tool.report(model + options, endingWith: 1)
                #expect(report.table == Oracle.letters(documents).map { $0 * 10 })
                #expect(report.documents == 300)
                #expect(report.failures.map(\.source) == ["\(url)/none"])
                #expect(report.failures.first?.reason == "the server answered 404 Not Found")
            }
        }
    }

    @Test(arguments: Model.processes)
    func `all that a killed worker was reading is counted again`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(50, to: folder)
            try await Tool.withServer([folder, "--delay", "25"]) { url in
                let urls = (0..<2_000).map { "\(url)/\($0 % 50).txt" }
                try TestFile.write(urls.joined(separator: "\n"), to: folder + "/list")
                let options = ["--workers", "2", "--connections", "8", "--format", "json", "--verbose"]
                let program = try Tool.start(model + options + ["@\(folder)/list"])
                try await program.line(containing: "7.txt: ", on: .standardError)
                // Both have documents nearly all of the time.
                Workers.kill(Workers.identifiers(of: program))
                try await program.line(containing: "which are counted again", on: .standardError)
                let result = try await program.wait()
                #expect(result.status == .exited(0))
                let report = try Report(result.standardOutputBytes)
                #expect(report.table == Oracle.letters(documents).map { $0 * 40 })
                #expect(report.documents == 2_000 && report.failures.isEmpty)
            }
        }
    }
}
