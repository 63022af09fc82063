// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import TestSupport
import Testing

@testable import Multiprocessing

/// Slots in situations that only deaths at the worst moment bring about: written into memory as the dead leave them.
@Suite("The table of those who wait", .leavesNothingBehind)
struct WaiterTableTests {
    let object: SharedObject
    let table: WaiterTable

    init() throws {
        object = try SharedObject(.condition, payloadByteCount: WaiterTable.byteCount)
        table = WaiterTable(in: object)
    }

    /// The process 4 ticks after the machine's start: an identity of nobody who lives.
    private static let dead: UInt64 = 4 << 32 | 4_000_000 << 2

    private func join() -> WaiterTable.Ticket {
        guard case .joined(let ticket) = table.join(checksLives: false) else { fatalError("no place") }
        return ticket
    }

    private func kill(_ slot: Int) { object.wideWord(at: 64 + 64 * slot + 8).store(Self.dead) }
    private func state(_ slot: Int) -> UInt32 { object.word(at: 64 + 64 * slot).value }

    @Test func `a notification is for those who wait, the oldest first`() {
        let tickets = (0..<4).map { _ in join() }
        table.notify(atMost: 2)
        #expect(tickets.map(table.isNotified) == [true, true, false, false])
        #expect(table.waiterCount == 2)
        table.leave(tickets[0])
        // In the place that is free again, but behind the others.
        let late = join()
        table.notify(atMost: 2)
        #expect(tickets.dropFirst(2).map(table.isNotified) == [true, true])
        #expect(!table.isNotified(late))
        table.notify(atMost: .max)
        #expect(table.isNotified(late))
        #expect(table.waiterCount == 0)
    }

    @Test func `a notification that is not made use of goes to the next who waited then`() {
        let tickets = (0..<3).map { _ in join() }
        table.notify(atMost: 1)
        table.abandon(tickets[0])
        #expect(tickets.dropFirst().map(table.isNotified) == [true, false])
        table.leave(tickets[1])
        table.abandon(tickets[2])
        #expect(table.waiterCount == 0)
        #expect(object.word(at: 24).value == 3)
        // Whoever comes next trims what is looked at.
        table.leave(join())
        table.notify(atMost: 1)
        #expect(object.word(at: 24).value == 0)
    }

    @Test func `a notification is not for those who came after it`() {
        let first = join()
        table.notify(atMost: 1)
        let late = join()
        table.abandon(first)
        #expect(!table.isNotified(late))
    }

    @Test func `what a dead one was notified of goes to a living one, past others who died`() {
        let tickets = (0..<4).map { _ in join() }
        table.notify(atMost: 1)
        for slot in 0..<3 { kill(slot) }
        table.passOnFromTheDead()
        #expect(table.isNotified(tickets[3]))
        #expect(table.waiterCount == 0)
        // Once.
        let late = join()
        table.passOnFromTheDead()
        #expect(!table.isNotified(late))
    }

    @Test func `one who died in passing on has not notified two`() {
        let tickets = (0..<3).map { _ in join() }
        table.notify(atMost: 1)
        kill(0)
        // Slot 0's notification has reached slot 1, whose ticket is 2, but slot 0 has not been cleared.
        object.wideWord(at: 64 + 32).store(2)
        object.word(at: 128).store(2)
        holdGateAsDead()
        table.notify(atMost: 0)
        table.passOnFromTheDead()
        #expect(state(0) == 0)
        #expect(table.isNotified(tickets[1]))
        #expect(!table.isNotified(tickets[2]))
    }

    @Test func `what one who died in passing on had not yet passed on is passed on`() {
        let tickets = (0..<3).map { _ in join() }
        table.notify(atMost: 1)
        kill(0)
        // The heir is written down, and not yet notified.
        object.wideWord(at: 64 + 32).store(2)
        holdGateAsDead()
        // Opens the gate from the dead, which comes first, and then notifies the next.
        table.notify(atMost: 1)
        #expect(state(0) == 0)
        #expect(tickets.dropFirst().map(table.isNotified) == [true, true])
    }

    private func holdGateAsDead() { object.wideWord(at: 0).store(Self.dead) }

    @Test func `a full table has no place until one is free, and the dead make place`() {
        let tickets = (0..<WaiterTable.capacity).map { _ in join() }
        guard case .later(let word, let value) = table.join(checksLives: false) else {
            Issue.record("a place where there is none")
            return
        }
        #expect(word.value == value)
        table.leave(tickets[7])
        #expect(word.value != value)
        let again = join()
        kill(9)
        _ = join()
        table.notify(atMost: .max)
        #expect(table.isNotified(again))
        #expect(table.waiterCount == 0)
    }

    @Test func `anything that a hostile peer writes leads to an answer`() {
        var random = SplitMix(state: 7)
        for _ in 0..<300 {
            for offset in stride(from: 0, to: WaiterTable.byteCount, by: 8) where Int(random.next() % 4) == 0 {
                // States, tickets and processes near what is right, and anything.
                let value = random.next() % 2 == 0 ? random.next() % 5 : random.next()
                object.wideWord(at: offset).store(value)
            }
            // Or it would wait for an owner that does not exist.
            object.wideWord(at: 0).store(0)
            if case .joined(let ticket) = table.join(checksLives: true) {
                _ = table.isNotified(ticket)
                table.notify(atMost: 3)
                table.passOnFromTheDead()
                table.abandon(ticket)
            }
            _ = table.waiterCount
        }
    }

    @Test func `more than have a place wait until something holds, and all go on`() async throws {
        let mutex = try SharedMutex(0)
        let condition = try SharedCondition()
        try await withThrowingTaskGroup { group in
            for _ in 0..<(WaiterTable.capacity + 60) {
                group.addTask { try await mutex.withLock(when: { $0 > 0 }, notifiedBy: condition) { _ in } }
            }
            while condition.waiterCount < WaiterTable.capacity { await Task.yield() }
            try await mutex.withLock { $0 = 1 }
            condition.notifyAll()
            try await group.waitForAll()
        }
        #expect(condition.waiterCount == 0)
    }

    @Test func `a task that waits for a notification can be cancelled and leaves no place taken`() async throws {
        let mutex = try SharedMutex(0)
        let condition = try SharedCondition()
        let tasks = (0..<20).map { _ in
            Task { try await condition.wait(with: mutex) { _ in } }
        }
        while condition.waiterCount < 20 { await Task.yield() }
        for task in tasks { task.cancel() }
        for task in tasks { #expect(await task.stoppedWaiting) }
        #expect(condition.waiterCount == 0)
        #expect(try mutex.withLockIfAvailable { _ in true } == true)
    }
}
