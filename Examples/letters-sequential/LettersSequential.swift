// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The letters of twenty documents over HTTP, one document after the other: right, and slow, since nothing is done while
// the server lets each of them wait.

import CorpusServer
import Documents
import LetterCounting

@main
struct LettersSequential {
    static func main() async throws {
        let corpus = GeneratedCorpus()
        let reader = DocumentReader()
        var table = LetterCounts()
        let clock = ContinuousClock()
        // The server is in this process; it holds each answer back for 100 ms.
        let time = try await withCorpusServer(CorpusServer(.generated(corpus), delay: .milliseconds(100))) { url in
            try await clock.measure {
                for name in corpus.names {
                    let (counter, _) = try await reader.read(.web("\(url)/\(name)")) {
                        LetterCounter()
                    } update: { counter, bytes in
                        counter.update(bytes)
                    }
                    table += counter.counts()
                }
            }
        }
        await reader.shutDown()

        for (letter, count) in table {
            let bar = String(repeating: "█", count: Int(table.share(of: letter) * 300))
            print("\(letter) \(bar) \(count)")
        }
        print(
            "\(table.total) letters in \(corpus.names.count) documents, counted in \(Int(time / .milliseconds(1))) ms")
        // The made documents' letters are known without counting.
        let isExact = table == LetterCounts(alphabetical: corpus.expectedLetters)
        print("The table is \(isExact ? "exact" : "wrong").")
    }
}
