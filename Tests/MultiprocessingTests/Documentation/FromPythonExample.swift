// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From ComingFromPython.md.

struct CountLines: Work {
    var text: String

    func run() -> Int { text.split(separator: "\n", omittingEmptySubsequences: false).count }
}

func countLines(of texts: [String]) async throws -> Int {
    try await withWorkerPool(.processes(4)) { pool in
        var total = 0
        for try await count in pool.results(of: texts.map(CountLines.init)) { total += count }
        return total
    }
}
