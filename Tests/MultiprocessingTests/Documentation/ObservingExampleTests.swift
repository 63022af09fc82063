// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

/// The examples of ObservingAPool.md do what the text says.
@Suite("Observing a pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ObservingExampleTests {
    @Test("words arrive")
    func words() async throws { #expect(try await describe("17") == "request 17") }

    private final class Progress: Sendable {
        let count = Mutex(0)
    }

    @Test("progress is told before the end")
    func notices() async throws {
        let progress = Progress()
        let parts = (1...10).map { [String](repeating: "line", count: 2 * $0) }
        let count = try await readAll(parts) { new in progress.count.withLock { $0 += new } }
        #expect(count == 110)
        #expect(progress.count.withLock { $0 } == 110)
    }

    @Test("failures are counted by kind")
    func failures() {
        let counts = FailureCounts()
        for number in 0..<UInt64(3) {
            counts.observe(
                .workEnded(
                    WorkDescription(number: number, typeName: "T", attempt: 1), ran: .zero,
                    failure: number == 0 ? nil : .cancelled))
        }
        #expect(counts.byKind == ["cancelled": 2])
    }
}
