// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("The examples of threads and processes", .leavesNothingBehind) struct WorkerTests {
    @Test func `five threads work and finish, each once`() async throws {
        let lines = try await Example.lines(of: "working-threads")
        #expect(lines.count == 11)
        for number in 1...5 {
            let working = try #require(lines.firstIndex(of: "Working \(number) …"))
            let finished = try #require(lines.firstIndex(of: "Finished \(number)"))
            #expect(working < finished)
        }
        #expect(lines.last == "All five have finished.")
    }

    @Test func `five processes work and finish by each start method`() async throws {
        let lines = try await Example.lines(of: "working-processes")
        #expect(lines.count == 35)
        var processes: Set<Int> = []
        for method in ["fork", "spawn", "forkserver"] {
            for number in 1...5 {
                #expect(lines.contains("Working \(number) … (by \(method))"))
                #expect(lines.contains("Finished \(number) (by \(method))"))
            }
            let report = try #require(lines.first { $0.hasPrefix(method + ": ") })
            // Process numbers and times in turn.
            #expect(report.numbers.count == 10)
            processes.formUnion(stride(from: 0, to: report.numbers.count, by: 2).map { report.numbers[$0] })
        }
        #expect(processes.count == 15)
        #expect(try #require(lines.last).hasPrefix("With one thread more: could not fork: this process has 2 threads"))
    }

    @Test func `what a child has of its parent is what the table says`() async throws {
        let lines = try await Example.lines(of: "what-is-inherited")
        let rows = lines.map { $0.split(separator: " ").map(String.init) }
        #expect(rows.map(\.count) == [8, 7, 7, 7, 7])
        #expect(rows.dropFirst().map { $0[0] } == ["parent", "fork", "spawn", "forkserver"])
        let parent = rows[1]
        #expect(parent[1...3] == ["rainy", "/", "2"])
        #expect(parent[4].hasPrefix("pipe:") && parent[4] == parent[5])
        // A worker has a thread for its work and one beside it, whatever its parent has.
        #expect(parent[6] == "4")
        #expect(rows[2][1...] == ["rainy", "/", "2", "closed", "/dev/null", "2"])
        #expect(rows[3][1...] == ["rainy", "/", "1", "closed", "/dev/null", "2"])
        #expect(rows[4][1...] == ["sunny", "/usr", "1", "closed", "/dev/null", "2"])
    }

    @Test func `a trap fails one piece of work and nothing else`() async throws {
        let lines = try await Example.lines(of: "crash-isolation")
        let results = lines.filter { $0.hasPrefix("position ") }
        try #require(results.count == 5)
        #expect(results.map { $0.numbers.first } == [0, 4, 1, 2, 3])
        #expect(["zero", "one", "two", "three"].allSatisfy { word in results.contains { $0.hasSuffix(": " + word) } })
        #expect(results[1].contains(" was killed by SIG") && results[1].contains("while it ran Pick(position: 4)"))
        #if DEBUG
            #expect(lines.contains { $0.hasPrefix("    ") && $0.hasSuffix("Fatal error: Index out of range") })
        #endif
        #expect(lines.last == "The pool still has 2 workers: one")
    }
}
