// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The first repair: the same threads on the same table, behind a lock. Exact; and at a price, since they wait for one
// another at each letter.

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing

struct CountDocument: Work {
    var document: Document
    var table: SharedMutex<LetterCounts>

    static let reader = DocumentReader()

    func run() async throws {
        let (text, _) = try await Self.reader.read(document) {
            [UInt8]()
        } update: { text, bytes in
            unsafe bytes.withUnsafeBytes { unsafe text.append(contentsOf: $0) }  // Copied within the closure.
        }
        try add(text)
    }

    /// Not asynchronous, so `withLock` holds the thread: this pool's threads are made for that.
    func add(_ text: [UInt8]) throws {
        for byte in text {
            let letter = Int(byte | 0x20) - 0x61
            if (0..<26).contains(letter) { try table.withLock { $0[at: letter] += 1 } }
        }
    }
}

@main
struct LettersWithALock {
    static func main() async throws {
        let corpus = GeneratedCorpus()
        let table = try SharedMutex(LetterCounts())
        let clock = ContinuousClock()
        let time = try await withCorpusServer(CorpusServer(.generated(corpus), delay: .milliseconds(100))) { url in
            try await withWorkerPool(.threads(corpus.names.count)) { pool in
                let works = corpus.names.map { CountDocument(document: .web("\(url)/\($0)"), table: table) }
                return try await clock.measure { _ = try await pool.map(works) }
            }
        }
        await CountDocument.reader.shutDown()

        let counted = try await table.withLock { $0 }
        print("Counted \(counted.total) letters in \(Int(time / .milliseconds(1))) ms")
        let isExact = counted == LetterCounts(alphabetical: corpus.expectedLetters)
        print("The table is \(isExact ? "exact" : "wrong").")
    }
}
