// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("A shared event of threads and tasks", .leavesNothingBehind)
struct SharedEventTests {
    /// Bit 1 of the event's word.
    private func somebodySleeps(_ event: SharedEvent) -> Bool { event.word.value & 2 != 0 }

    @Test(.origin("lock_tests.EventTests.test_set_and_clear"))
    func `who waits goes on even if the event is cleared at once`() async throws {
        let event = try SharedEvent()
        let results = Mutex<[Bool]>([])
        let isOver = Gate()
        // One that blocks its thread and one that does not, for each in turn nobody else sleeps.
        startThread {
            let result = event.wait(timeout: .seconds(60))
            results.withLock { $0.append(result) }
            isOver.open()
        }
        while !somebodySleeps(event) { await Task.yield() }
        event.set()
        event.clear()
        await isOver.enter()
        async let suspended = event.wait(timeout: .seconds(60))
        while !somebodySleeps(event) { await Task.yield() }
        event.set()
        event.clear()
        #expect(try await suspended)
        #expect(results.withLock(\.self) == [true])
        #expect(!event.isSet)
    }

    @Test func `hundreds of tasks wait without a thread each`() async throws {
        let event = try SharedEvent()
        let semaphore = try SharedSemaphore(permits: 0)
        try await withThrowingTaskGroup { group in
            for _ in 0..<300 {
                group.addTask {
                    try await event.wait()
                    try await semaphore.acquire()
                    try semaphore.release()
                }
            }
            while !somebodySleeps(event) { await Task.yield() }
            event.set()
            try semaphore.release()
            try await group.waitForAll()
        }
        #expect(semaphore.availablePermits == 1)
    }
}
