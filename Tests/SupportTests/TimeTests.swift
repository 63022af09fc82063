// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import TestSupport

@Suite struct TimeTests {
    @Test func `a gate holds until it is opened, then lets all in`() async {
        let gate = Gate()
        let passed = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await gate.enter()
                    passed.add(1)
                }
            }
            await Task.yield()
            #expect(passed.now == 0)
            gate.open()
        }
        #expect(passed.now == 8)
        await gate.enter()
    }

    @Test func `a manual clock wakes only those whose time has come`() async throws {
        let clock = ManualClock()
        let early = Task { try await clock.sleep(for: .seconds(1)) }
        let late = Task { try await clock.sleep(for: .seconds(3)) }
        await clock.sleepers(atLeast: 2)
        clock.advance(by: .seconds(2))
        try await early.value
        await clock.sleepers(atLeast: 1)
        clock.advance(by: .seconds(1))
        try await late.value
        #expect(clock.now.offset == .seconds(3))
        try await clock.sleep(until: ManualClock.Instant(offset: .seconds(1)))
    }

    @Test func `a cancelled sleep on a manual clock throws`() async throws {
        let clock = ManualClock()
        let sleeper = Task { try await clock.sleep(for: .seconds(1)) }
        await clock.sleepers(atLeast: 1)
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        let cancelledBefore = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await clock.sleep(for: .seconds(1))
        }
        await #expect(throws: CancellationError.self) { try await cancelledBefore.value }
    }

    @Test func `the lock is held by one task at a time`() async {
        let lock = FairLock()
        let inside = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await lock.withLock {
                        inside.add(1)
                        await Task.yield()
                        inside.add(-1)
                    }
                }
            }
        }
        #expect(inside.highest == 1)
    }
}

/// Counts, and remembers the highest count.
private final class Tally: Sendable {
    private let counts = Mutex((now: 0, highest: 0))

    var now: Int { counts.withLock { $0.now } }
    var highest: Int { counts.withLock { $0.highest } }

    func add(_ difference: Int) {
        counts.withLock { counts in
            counts.now += difference
            counts.highest = max(counts.highest, counts.now)
        }
    }
}
