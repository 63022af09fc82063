// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The second repair: load, add and store in one step of the processor. Exact, without a lock; the threads still share the
// lines of the cache that the table lies in, and take them from one another.

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing
import Synchronization

struct CountDocument: Work {
    var document: Document
    var table: SharedAtomicArray<UInt64>

    static let reader = DocumentReader()

    func run() async throws {
        let (text, _) = try await Self.reader.read(document) {
            [UInt8]()
        } update: { text, bytes in
            unsafe bytes.withUnsafeBytes { unsafe text.append(contentsOf: $0) }  // Copied within the closure.
        }
        for byte in text {
            let letter = Int(byte | 0x20) - 0x61
            if table.indices.contains(letter) { table[letter].add(1, ordering: .relaxed) }
        }
    }
}

@main
struct LettersWithAtomics {
    static func main() async throws {
        let corpus = GeneratedCorpus()
        let table = try SharedAtomicArray<UInt64>(repeating: 0, count: 26)
        let clock = ContinuousClock()
        let time = try await withCorpusServer(CorpusServer(.generated(corpus), delay: .milliseconds(100))) { url in
            try await withWorkerPool(.threads(corpus.names.count)) { pool in
                let works = corpus.names.map { CountDocument(document: .web("\(url)/\($0)"), table: table) }
                return try await clock.measure { _ = try await pool.map(works) }
            }
        }
        await CountDocument.reader.shutDown()

        let counted = LetterCounts(alphabetical: table.values)
        print("Counted \(counted.total) letters in \(Int(time / .milliseconds(1))) ms")
        let isExact = counted == LetterCounts(alphabetical: corpus.expectedLetters)
        print("The table is \(isExact ? "exact" : "wrong").")
    }
}
