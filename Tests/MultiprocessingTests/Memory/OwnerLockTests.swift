// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("The owner lock", .leavesNothingBehind)
struct OwnerLockTests {
    let object: SharedObject
    let lock: OwnerLock

    init() throws {
        object = try SharedObject(.mutex, payloadByteCount: OwnerLock.byteCount)
        lock = object.lock(at: 0)
    }

    @Test func `is had by one and free again afterwards`() {
        #expect(lock.tryAcquire() == .clean)
        #expect(lock.isHeldByCaller)
        #expect(lock.tryAcquire() == nil)
        lock.release()
        #expect(!lock.isHeldByCaller)
        #expect(lock.tryAcquire() == .clean)
        lock.release()
    }

    @Test func `who waits for itself with a time limit gets no lock and keeps the one it has`() {
        #expect(lock.acquire() == .clean)
        #expect(lock.acquire(until: Deadline(after: .milliseconds(20))) == nil)
        #expect(lock.isHeldByCaller)
        lock.release()
        #expect(lock.tryAcquire() == .clean)
        lock.release()
    }

    @Test func `is taken over when its owner's thread has ended, and says so until it is repaired`() async throws {
        let dead = try await onThread(number) { [lock] in _ = lock.acquire() }
        #expect(lock.tryAcquire() == nil)
        let start = ContinuousClock.now
        let acquisition = try await onThread(\.self) { [lock] in
            defer { lock.release() }
            return lock.acquire()
        }
        #expect(acquisition == .fromTheDead)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(lock.deadOwner == dead)
        #expect(lock.tryAcquire() == .fromTheDead)
        lock.markRepaired()
        lock.release()
        #expect(lock.tryAcquire() == .clean)
        #expect(lock.deadOwner == 0)
        lock.release()
    }

    @Test func `an heir that dies is inherited from`() async throws {
        for _ in 0..<3 {
            // Ends with the lock, which it may have from a dead one.
            _ = try await onThread(number) { [lock] in _ = lock.acquire() }
        }
        let acquisition = try await onThread(\.self) { [lock] in lock.acquire(until: Deadline(after: .seconds(5))) }
        #expect(acquisition == .fromTheDead)
    }

    @Test func `one of many takes over, and the others get it after one another`() async throws {
        _ = try await onThread(number) { [lock] in _ = lock.acquire() }
        let found = Guarded([OwnerLock.Acquisition]())
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { [lock] in
                    _ = try? await onThread(\.self) {
                        guard let acquisition = lock.acquire() else { return }
                        // Within the lock: the list is in the order of their turns.
                        found.withLock { $0.append(acquisition) }
                        lock.markRepaired()
                        lock.release()
                    }
                }
            }
        }
        #expect(found.withLock(\.self) == [.fromTheDead] + Array(repeating: .clean, count: 7))
    }

    @Test func `a wake-up goes on from one sleeper to the next`() async throws {
        let (hasIt, letGo) = (Gate(), BlockingGate())
        let turns = Guarded(0)
        let start = ContinuousClock.now
        await withTaskGroup { group in
            group.addTask { [lock] in
                _ = try? await onThread(\.self) {
                    _ = lock.acquire()
                    hasIt.open()
                    letGo.enter()
                    lock.release()
                }
            }
            await hasIt.enter()
            for _ in 0..<20 {
                group.addTask { [lock] in
                    _ = try? await onThread(\.self) {
                        _ = lock.acquire()
                        turns.withLock { $0 += 1 }
                        lock.release()
                    }
                }
            }
            // Somebody sleeps.
            while object.wideWord(at: 0).value & 1 == 0 { await Task.yield() }
            letGo.open()
        }
        #expect(turns.withLock(\.self) == 20)
        // Twenty quanta of 100 ms would be two seconds.
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func `is kept for one who has waited long, beside another who takes it again and again`() async throws {
        let stop = Guarded(false)
        let longest = Guarded(Duration.zero)
        await withTaskGroup { group in
            group.addTask { [lock] in
                _ = try? await onThread(\.self) {
                    while !stop.withLock(\.self) {
                        _ = lock.acquire()
                        for _ in 0..<50 { sched_yield() }
                        lock.release()
                    }
                }
            }
            group.addTask { [lock] in
                _ = try? await onThread(\.self) {
                    for _ in 0..<20 {
                        let start = ContinuousClock.now
                        _ = lock.acquire()
                        lock.release()
                        longest.withLock { $0 = max($0, ContinuousClock.now - start) }
                    }
                    stop.withLock { $0 = true }
                }
            }
        }
        #expect(longest.withLock(\.self) < .seconds(1))
    }

    @Test func `a lock that is kept for nobody who lives is had all the same`() async throws {
        // As a waiter leaves it that has waited long and then given up.
        object.wideWord(at: 0).store(0b10)
        #expect(lock.acquire(until: Deadline(after: .seconds(5))) == .clean)
        lock.release()
        object.wideWord(at: 0).store(0b11)
        #expect(lock.tryAcquire() == .clean)
        lock.release()
        object.wideWord(at: 0).store(0b11)
        guard case .done(.clean) = lock.look() else {
            Issue.record("a look does not take it")
            return
        }
        lock.release()
        #expect(object.wideWord(at: 0).value == 0)
    }

    /// As a copy of the owner in a forked child does, which leaves the owner's scope too.
    @Test func `is not released by who does not have it`() async throws {
        #expect(lock.acquire() == .clean)
        let before = object.wideWord(at: 0).value
        // A thread is another identity, as the copy is.
        _ = try await onThread(\.self) { [lock] in lock.release() }
        #expect(object.wideWord(at: 0).value == before)
        object.wideWord(at: 0).store(Identity.currentThread.bits)
        lock.release()
        #expect(lock.tryAcquire() == .clean)
        lock.release()
    }

    @Test(
        "numbers that a hostile peer writes are waited for or passed, and nothing more",
        arguments: [UInt64.max, 1, 2, 3, 4, 0xffff_ffff, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_fffc])
    func garbage(_ bits: UInt64) {
        object.wideWord(at: 0).store(bits)
        object.word(at: 8).store(UInt32.max)
        _ = lock.tryAcquire()
        _ = lock.look()
        // No such thread lives, so it is taken over; it may also never be had.
        let acquisition = lock.acquire(until: Deadline(after: .milliseconds(200)))
        #expect(acquisition != .clean)
        lock.release()
    }
}

/// A body's result from a thread of its own, which has ended when this returns.
private func onThread<Value: Sendable, Result: Sendable>(
    _ value: @escaping @Sendable (Value) -> Result, _ body: @escaping @Sendable () -> Value
) async throws -> Result {
    let (result, thread): (Result, Identity) = await withCheckedContinuation { continuation in
        do {
            try NativeThread.start(named: "test.owner") {
                let result = value(body())
                continuation.resume(returning: (result, Identity.currentThread))
            }
        } catch { fatalError("\(error)") }
    }
    // The kernel lists it for a moment longer than it runs.
    while thread.threadIsAlive { await Task.yield() }
    return result
}

/// The calling thread's number.
private func number(_: Void) -> Int32 { Identity.currentThread.number }
