// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct SourceTests {
    @Test func `a list names sources of every kind`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(4, to: folder + "/texts")
            try await Tool.withServer([folder]) { url in
                try TestFile.write(
                    "# three ways\n\n\(folder)/texts/0.txt\n\(url)/texts/1.txt\r\n  \(folder)/texts/more\n",
                    to: folder + "/list.txt")
                try TestFile.write(documents[2], to: folder + "/texts/more/x")
                let report = try await Tool.report(["@\(folder)/list.txt"])
                #expect(report.table == Oracle.letters(Array(documents.prefix(3))))
                #expect(report.documents == 3)
            }
        }
    }

    @Test func `patterns choose among the files of a folder`() async throws {
        try await withTemporaryDirectory { folder in
            for name in ["a.txt", "b.md", "old/c.txt", "new/d.txt"] {
                try TestFile.write(name, to: "\(folder)/\(name)")
            }
            let report = try await Tool.report([folder, "--include", "*.txt", "--exclude", "old"])
            #expect(report.documents == 2)
            #expect(report.table == Oracle.letters([Array("a.txt".utf8), Array("new/d.txt".utf8)]))
            #expect(try await Tool.report([folder, "--include", "*.txt", "--include", "*.md"]).documents == 4)
        }
    }

    @Test(arguments: Model.all)
    func `standard input is a document, also beside others`(model: [String]) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Samples.write(2, to: folder)
            let report = try await Tool.report(model + ["-", folder], standardInput: .bytes(Samples.document(9)))
            #expect(report.table == Oracle.letters(documents + [Samples.document(9)]))
            #expect(report.documents == 3)
        }
    }

    @Test func `the environment names the base of RFCs, and the option overrides it`() async throws {
        try await Tool.withServer { url in
            let refused = "http://127.0.0.1:1"
            let named = try await Tool.report(["rfc:1000"], environment: ["LETTERCOUNT_RFC_BASE": url])
            #expect(named.table == GeneratedCorpus().expectedLetters(inDocument: "rfc1000.txt"))
            let both = try await Tool.report(
                ["rfc:1000", "--rfc-base", url], environment: ["LETTERCOUNT_RFC_BASE": refused])
            #expect(both.table == named.table)
        }
    }

    @Test func `an empty folder has no letters and is no failure`() async throws {
        try await withTemporaryDirectory { folder in
            let report = try await Tool.report([folder])
            #expect(report.table == [UInt64](repeating: 0, count: 26))
            #expect(report.documents == 0 && report.complete)
        }
    }

    @Test func `what was named but is not there ends it before anything is counted`() async throws {
        let result = try await Tool.run(["/nowhere/to/be/found", "@/no/list"])
        #expect(result.status == .exited(66))
        #expect(result.standardOutput.isEmpty)
        #expect(result.standardError.contains("/nowhere/to/be/found"))
    }
}
