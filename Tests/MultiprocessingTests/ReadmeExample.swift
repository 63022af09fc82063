// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

struct CountPrimes: Work {  // a value that can travel: Codable and Sendable
    var range: Range<Int>

    func run() -> Int {  // runs in the worker
        range.count { number in number > 1 && !(2..<number).contains { number % $0 == 0 } }
    }
}

func countPrimes(below limit: Int) async throws -> Int {
    let parts = stride(from: 0, to: limit, by: 1_000).map { CountPrimes(range: $0..<min($0 + 1_000, limit)) }
    return try await withWorkerPool(.processes(4)) { pool in  // or .threads(4), or .inline: the rest stands
        var total = 0
        for try await count in pool.results(of: parts) { total += count }  // as they finish
        return total
    }
}
