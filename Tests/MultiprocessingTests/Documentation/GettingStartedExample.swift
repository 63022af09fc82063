// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From GettingStarted.md. What stands in its main.swift is the body of a function here, whose `print` tests can hear.

struct DivisorSum: Work {  // a value: Codable and Sendable
    var number: Int

    func run() -> Int {  // runs in the worker
        guard number > 0 else { fatalError("\(number) has no divisors") }
        return (1..<number).reduce(0) { number.isMultiple(of: $1) ? $0 + $1 : $0 }
    }
}

enum GettingStartedExample {
    static func one(print: (Any) -> Void) async throws {
        let sum = try await withWorkerPool(.processes(2)) { pool in
            try await pool.run(DivisorSum(number: 28))
        }
        print(sum)
    }

    static func many(print: (Any) -> Void) async throws {
        try await withWorkerPool(.processes(2)) { pool in
            let sums = try await pool.map((1...500).map(DivisorSum.init))
            print((1...500).filter { sums[$0 - 1] == $0 })
        }
    }

    static func crash(print: (Any) -> Void) async throws {
        try await withWorkerPool(.processes(2)) { pool in
            for await outcome in pool.outcomes(of: [6, 0, 28].map(DivisorSum.init)) {
                switch outcome.result {
                case .success(let sum): print("\(outcome.work.number): \(sum)")
                case .failure(let failure): print("\(outcome.work.number): \(failure)")
                }
            }
            print(try await pool.run(DivisorSum(number: 496)))
        }
    }
}
