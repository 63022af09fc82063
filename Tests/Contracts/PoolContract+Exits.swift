// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

extension PoolContract {
    /// How a worker that is a process ends, of itself or with its pool.
    public static let exits: [PoolContract] = [
        PoolContract(
            "a worker that exits with a code is reported with that code",
            origins: ["_test_multiprocessing._TestSubclassingProcess.test_sys_exit"]
        ) { pool in
            for code: Int32 in [0, 1, 42, 255] {
                let report = try await report(of: Exiting(code: code), in: pool)
                try requireEqual(report.status, .exited(code))
            }
            try requireEqual(try await pool.run(Square(number: 4)), 16)
        },
        PoolContract(
            "what a worker writes to its standard error just before it exits is in the report",
            origins: ["_test_multiprocessing._TestSubclassingProcess.test_stderr_flush"]
        ) { pool in
            let report = try await report(of: Exiting(code: 1, lastWords: "these are my last words"), in: pool)
            try require(report.standardErrorTail.contains("these are my last words"), "no last words: \(report)")
        },
        PoolContract(
            "a worker has no more descriptors for the others that there are", workers: 8,
            origins: ["_test_multiprocessing._TestProcess.test_child_fd_inflation"]
        ) { pool in
            for facts in try await pool.map((0..<24).map { _ in Surroundings() }) {
                try requireEqual(facts.descriptors.count, 5)
            }
        },
    ]
}

struct Exiting: Work {
    var code: Int32
    var lastWords = ""

    func run() {
        // Into the stream's own buffer, if it has one: exit is to write it out.
        if !lastWords.isEmpty { _ = unsafe fputs(lastWords, fdopen(2, "a")) }
        exit(code)
    }
}
