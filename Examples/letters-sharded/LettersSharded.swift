// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The best repair: nothing is shared. Each thread counts into a table of its own and returns it; whoever asked adds them
// up. Exact, and as fast as the race, with nothing to forget.

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing

struct CountDocument: Work {
    var document: Document

    static let reader = DocumentReader()

    func run() async throws -> LetterCounts {
        let (counter, _) = try await Self.reader.read(document) {
            LetterCounter()
        } update: { counter, bytes in
            counter.update(bytes)
        }
        return counter.counts()
    }
}

@main
struct LettersSharded {
    static func main() async throws {
        let corpus = GeneratedCorpus()
        var table = LetterCounts()
        let clock = ContinuousClock()
        let time = try await withCorpusServer(CorpusServer(.generated(corpus), delay: .milliseconds(100))) { url in
            // `.processes(20)` would do as well: the work and its output are values.
            try await withWorkerPool(.threads(corpus.names.count)) { pool in
                let works = corpus.names.map { CountDocument(document: .web("\(url)/\($0)")) }
                return try await clock.measure {
                    for try await counts in pool.results(of: works) { table += counts }
                }
            }
        }
        await CountDocument.reader.shutDown()

        print("Counted \(table.total) letters in \(Int(time / .milliseconds(1))) ms")
        let isExact = table == LetterCounts(alphabetical: corpus.expectedLetters)
        print("The table is \(isExact ? "exact" : "wrong").")
    }
}
