// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// One thread a document, and all of them on one table without a lock: fast, and wrong. Two threads load the same count,
// both add 1, and both store the same sum: one update is lost. Each load and each store is atomic, so nothing is
// undefined; but the two are not one step.

import CorpusServer
import Documents
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
            guard table.indices.contains(letter) else { continue }
            let count = table[letter].load(ordering: .relaxed)
            table[letter].store(count + 1, ordering: .relaxed)  // What others have stored meanwhile is gone.
        }
    }
}

@main
struct LettersRacingThreads {
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

        let counted = table.values.reduce(0, +)
        let exact = corpus.expectedLetters.reduce(0, +)
        print("Counted \(counted) letters in \(Int(time / .milliseconds(1))) ms")
        print("There are \(exact) letters")
        print(counted == exact ? "No update was lost this time." : "\(exact - counted) updates were lost.")
    }
}
