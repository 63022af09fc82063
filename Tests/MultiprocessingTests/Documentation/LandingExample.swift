// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From Multiprocessing.md.

struct CountWords: Work {
    var text: String

    func run() -> Int {  // runs in the worker
        text.split(separator: " ").count
    }
}

func countWords(in texts: [String]) async throws -> Int {
    // Or .threads(4), or .inline: the rest stands.
    try await withWorkerPool(.processes(4)) { pool in
        try await pool.map(texts.map(CountWords.init)).reduce(0, +)
    }
}

func countWordsApart(in text: String) async throws -> Int? {
    let work = CountWords(text: text)
    let child = try ChildProcess.start(work, by: .spawn)
    switch await child.outcome {
    case .success(let count): return count
    case .failure(.died(let report)):
        print(report)  // signal or exit code, and its last words
        return nil
    case .failure(let failure): throw failure
    }
}
