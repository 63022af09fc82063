// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Multiprocessing

/// A peer may write anything anywhere into what it maps. Then these may wait or let in whom they should not, but neither
/// trap nor read elsewhere nor hang past their deadline.
@Suite("A hostile peer of shared", .leavesNothingBehind)
struct HostileSyncTests {
    private static let seed: UInt64 = 0x5eed

    /// Overwrites some words of the payload: with anything, with few bits, or with all ones.
    private func scribble(_ object: SharedObject, _ byteCount: Int, _ random: inout SplitMix) {
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            // The gate's owner must be somebody's who has died, or this thread would wait for the living.
            let place = Int.random(in: 1..<(byteCount / 8), using: &random) * 8
            let nearFront = Int.random(in: 1..<8, using: &random) * 8
            let value: UInt64 =
                switch Int.random(in: 0..<3, using: &random) {
                case 0: random.next()
                case 1: 1 << UInt64.random(in: 0..<64, using: &random)
                default: .max
                }
            object.wideWord(at: Bool.random(using: &random) && nearFront + 8 <= byteCount ? nearFront : place).store(
                value)
        }
    }

    @Test func `semaphores leaves them sound`() throws {
        var random = SplitMix(state: Self.seed)
        for round in 0..<300 {
            let semaphore = try SharedSemaphore(
                permits: 2, limit: 5, whenHolderDies: round % 2 == 0 ? .keep : .returnPermits)
            for _ in 0..<4 {
                scribble(semaphore.core.table.object, ParticipantTable.byteCount, &random)
                _ = semaphore.tryAcquire()
                try? semaphore.acquire(timeout: .zero)
                try? semaphore.release(2)
                _ = semaphore.availablePermits
            }
        }
    }

    @Test func `read-write locks leaves them sound`() throws {
        var random = SplitMix(state: Self.seed)
        for _ in 0..<300 {
            let lock = try SharedReadWriteLock(1)
            for _ in 0..<4 {
                scribble(lock.core.table.object, ParticipantTable.byteCount, &random)
                _ = try? lock.withReadLock(timeout: .zero) { $0 }
                _ = try? lock.withWriteLockIfAvailable { $0 &+= 1 }
                _ = try? lock.withWriteLock(timeout: .zero, repairing: { $0 = 0 }) { $0 &+= 1 }
            }
        }
    }

    @Test func `barriers leaves them sound`() throws {
        var random = SplitMix(state: Self.seed)
        for round in 0..<300 {
            let barrier = try SharedBarrier(parties: 1 + round % 2)
            for _ in 0..<4 {
                scribble(barrier.core.table.object, ParticipantTable.byteCount, &random)
                _ = try? barrier.wait(timeout: .zero)
                _ = try? barrier.wait(timeout: .milliseconds(1)) {}
                _ = barrier.waitingCount
                barrier.reset()
            }
        }
    }

    @Test func `events leaves them sound`() throws {
        var random = SplitMix(state: Self.seed)
        let event = try SharedEvent()
        for _ in 0..<1_000 {
            event.word.store(UInt32(truncatingIfNeeded: random.next()))
            event.wait(timeout: .zero)
            event.set()
            #expect(event.isSet)
            event.clear()
            #expect(!event.isSet)
        }
    }

    @Test func `handles is refused what is something else`() throws {
        let event = try SharedEvent()
        let lock = try SharedReadWriteLock(1)
        #expect(throws: SharedMemoryError.self) { try SemaphoreCore(adopting: event.object.descriptor) }
        #expect(throws: SharedMemoryError.self) { try BarrierCore(adopting: lock.core.table.object.descriptor) }
        let barrier = try SharedBarrier(parties: 2, timeout: .milliseconds(1_500))
        let adopted = try BarrierCore(adopting: barrier.core.table.object.descriptor)
        #expect(adopted.parties == 2)
        #expect(adopted.defaultTimeout ?? .zero > .seconds(1))
    }
}
