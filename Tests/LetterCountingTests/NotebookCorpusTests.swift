// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LetterCounting
import TestSupport
import Testing

/// The twenty documents of the notebook with their exact tables. They are not part of the package.
@Suite(
    .leavesNothingBehind,
    .enabled(
        if: corpusFolder != nil,
        "the notebook's documents are not here: set LETTERCOUNT_CORPUS to the folder that has them and expected.json"))
struct NotebookCorpusTests {
    @Test(arguments: TextInterpretation.allCases)
    func `the table of all documents is exact`(text: TextInterpretation) throws {
        let corpus = try NotebookCorpus.load()
        var total = LetterCounts()
        for document in corpus.documents { total += LetterCounter.count(document.bytes, text: text) }
        #expect(corpus.documents.count == 20)
        #expect(total == (text == .letters ? corpus.expected.letters : corpus.expected.notebook))
    }

    @Test func `each document has the expected size and letters`() throws {
        for document in try NotebookCorpus.load().documents {
            #expect(document.bytes.count == document.expected.bytes, "\(document.name)")
            #expect(LetterCounter.count(document.bytes).total == document.expected.letters, "\(document.name)")
        }
    }

    @Test func `documents that come in small chunks give the same table`() throws {
        let corpus = try NotebookCorpus.load()
        var total = LetterCounts()
        for document in corpus.documents {
            var counter = LetterCounter(text: .pythonRepr)
            for start in stride(from: 0, to: document.bytes.count, by: 4093) {
                counter.feed(document.bytes[start..<min(start + 4093, document.bytes.count)])
            }
            total += counter.counts()
        }
        #expect(total == corpus.expected.notebook)
    }
}

private struct NotebookCorpus {
    struct Expected: Decodable {
        struct Document: Decodable {
            var bytes: Int
            var letters: UInt64
        }

        var notebook: LetterCounts
        var letters: LetterCounts
        var documents: [String: Document]
    }

    var expected: Expected
    var documents: [(name: String, bytes: [UInt8], expected: Expected.Document)]

    static func load() throws -> NotebookCorpus {
        let folder = try #require(corpusFolder)
        let tables = Data(try TestFile.read(folder + "/expected.json"))
        let expected = try JSONDecoder().decode(Expected.self, from: tables)
        let documents = try expected.documents.sorted { $0.key < $1.key }.map { name, document in
            (name, try TestFile.read(folder + "/" + name), document)
        }
        return NotebookCorpus(expected: expected, documents: documents)
    }
}
