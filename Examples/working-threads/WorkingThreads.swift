// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Five threads of one process: each says "Working n …", is busy for a moment, and hands its number back. They finish in
// any order, and another one in each run.

import Multiprocessing

/// A piece of work: a value, and what to do with it on a worker.
struct Working: Work {
    var number: Int

    func run() async throws -> Int {
        print("Working \(number) …")
        try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
        return number
    }
}

@main
struct WorkingThreads {
    static func main() async throws {
        try await withWorkerPool(.threads(5)) { pool in
            for try await number in pool.results(of: (1...5).map(Working.init)) {
                print("Finished \(number)")
            }
        }
        print("All five have finished.")
    }
}
