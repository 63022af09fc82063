// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// A trap ends a whole process in Swift: nothing catches it. In a pool of processes it ends one worker, fails one piece of
// work with a report, and the worker is replaced; the other pieces do not notice. This is what processes are for here.

import Multiprocessing

struct Pick: Work {
    var position: Int

    func run() -> String {
        let words = ["zero", "one", "two", "three"]
        return words[position]  // Traps for 4.
    }
}

@main
struct CrashIsolation {
    static func main() async throws {
        try await withWorkerPool(.processes(2)) { pool in
            var lines: [Int: String] = [:]
            for await outcome in pool.outcomes(of: [0, 4, 1, 2, 3].map(Pick.init)) {
                switch outcome.result {
                case .success(let word): lines[outcome.index] = "position \(outcome.work.position): \(word)"
                case .failure(let failure): lines[outcome.index] = "position \(outcome.work.position): \(failure)"
                }
            }
            for (_, line) in lines.sorted(by: { $0.key < $1.key }) { print(line) }
            print("The pool still has \(pool.workerCount) workers: \(try await pool.run(Pick(position: 1)))")
        }
    }
}
