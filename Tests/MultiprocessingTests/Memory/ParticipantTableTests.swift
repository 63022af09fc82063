// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("The table of participants", .leavesNothingBehind)
struct ParticipantTableTests {
    /// Fills all slots with permits that somebody holds.
    private func fill(_ semaphore: SharedSemaphore, holder: Identity) {
        let object = semaphore.core.table.object
        object.word(at: OwnerLock.byteCount).store(UInt32(ParticipantTable.capacity))
        for index in 0..<ParticipantTable.capacity {
            let offset = 64 + index * 16
            object.wideWord(at: offset).store(holder.bits)
            object.wideWord(at: offset + 8).store(1)
        }
    }

    @Test func `a full table of the dead makes room`() throws {
        let semaphore = try SharedSemaphore(permits: 300, limit: 300)
        // No process has this number.
        fill(semaphore, holder: Identity(bits: 0x0123_4567_ffff_fffc))
        #expect(semaphore.tryAcquire())
        #expect(semaphore.availablePermits == 299)
    }

    @Test func `a full table of the living is waited for`() async throws {
        let semaphore = try SharedSemaphore(permits: 300, limit: 300)
        let end = BlockingGate()
        // A thread is found alive by its number as a process is, and is not this process.
        let other = await withCheckedContinuation { continuation in
            startThread {
                continuation.resume(returning: Identity.currentThread)
                end.enter()
            }
        }
        defer { end.open() }
        #expect(other != .currentProcess && other.processIsAlive)
        fill(semaphore, holder: other)
        #expect(semaphore.availablePermits == 52)
        #expect(!semaphore.tryAcquire())
        await #expect(throws: SharedLockError<Never>.timedOut) {
            try await semaphore.acquire(timeout: .milliseconds(30))
        }
        async let acquired: Void = semaphore.acquire(timeout: .seconds(20))
        semaphore.core.table.object.wideWord(at: 64 + 8).store(0)
        try await acquired
        #expect(semaphore.availablePermits == 52)
        try semaphore.release()
        #expect(semaphore.availablePermits == 53)
    }

    @Test func `one process has one slot, which is free when it holds nothing`() throws {
        let semaphore = try SharedSemaphore(permits: 3)
        let table = semaphore.core.table
        for _ in 0..<3 { #expect(semaphore.tryAcquire()) }
        #expect(table.object.word(at: OwnerLock.byteCount).value == 1)
        #expect(table.object.wideWord(at: 64).value == Identity.currentProcess.bits)
        #expect(table.object.wideWord(at: 64 + 8).value == 3)
        try semaphore.release(3)
        #expect(table.object.wideWord(at: 64 + 8).value == 0)
        // Somebody else may have it now.
        table.object.wideWord(at: 64).store(0x0123_4567_ffff_fffc)
        #expect(semaphore.tryAcquire())
        #expect(table.object.wideWord(at: 64).value == Identity.currentProcess.bits)
    }

    @Test func `a gate whose owner died is taken over`() throws {
        let semaphore = try SharedSemaphore()
        semaphore.core.table.object.wideWord(at: 0).store(0x0123_4567_ffff_fffc)
        #expect(semaphore.tryAcquire())
        try semaphore.release()
        #expect(semaphore.availablePermits == 1)
    }

    @Test func `trying looks at lives only now and then`() throws {
        let semaphore = try SharedSemaphore(permits: 0)
        let table = semaphore.core.table
        #expect(!semaphore.tryAcquire())
        // Dead, with a permit; but the last look was just now.
        table.object.word(at: OwnerLock.byteCount).store(1)
        table.object.wideWord(at: 64).store(0x0123_4567_ffff_fffc)
        table.object.wideWord(at: 64 + 8).store(1)
        table.object.wideWord(at: ParticipantTable.extraOffset).store(1)
        let start = ContinuousClock.now
        var tries = 1
        while !semaphore.tryAcquire() { tries += 1 }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(tries > 1)
    }
}
