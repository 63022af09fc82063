// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("The examples of messages and shared memory", .leavesNothingBehind) struct SharingTests {
    @Test func `questions are answered, and news of three senders arrive`() async throws {
        let lines = try await Example.lines(of: "messages")
        try #require(lines.count == 11)
        #expect(
            lines.prefix(4) == [
                "Answer 1, about \"a banana\": a 4, b 1, n 2", "Answer 2, about \"an ocean\": a 2, c 1, e 1, n 2, o 1",
                "Answer 3, about \"zoo\": o 2, z 1", "The child exited with code 0.",
            ])
        for name in ["Ada", "Ben", "Cleo"] {
            #expect(lines.filter { $0.hasPrefix(name) } == (1...2).map { "\(name) has done part \($0)" })
        }
        #expect(lines.last == "All 3 senders are gone.")
    }

    @Test func `four processes fill one array, and lose nothing`() async throws {
        let lines = try await Example.lines(of: "shared-memory")
        try #require(lines.count == 8)
        for (index, line) in lines.prefix(4).enumerated() {
            let done = try #require(line.numbers.first)
            #expect((5_000 * (index + 1)...20_000).contains(done))
        }
        #expect(
            lines.suffix(4) == [
                "Squares: [0, 1, 4, 9, 16, 25] … [399920004, 399960001]", "All of them are right: true",
                "Counted behind the lock: 20000", "The sum of the squares: 2666466670000",
            ])
    }
}
