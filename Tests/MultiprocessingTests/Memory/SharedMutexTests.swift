// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("A mutex by itself", .leavesNothingBehind)
struct SharedMutexTests {
    struct Wide: BitwiseCopyable, Sendable, Equatable {
        var flag = true
        var lanes = SIMD8<Double>(repeating: 1.5)
    }

    @Test func `a value of any alignment and size lies where it belongs`() throws {
        let wide = try SharedMutex(Wide())
        try wide.withLock { $0.lanes[7] = 2 }
        #expect(try wide.withLock(\.lanes).sum() == 12.5)
        let byte = try SharedMutex(UInt8(7))
        #expect(try byte.withLock(\.self) == 7)
        let nothing = try SharedMutex(())
        try nothing.withLock { _ in }
        let large = try SharedMutex(InlineArray<20_000, UInt64>(repeating: 3))
        try large.withLock { $0[19_999] = 4 }
        #expect(try large.withLock { $0[19_999] + $0[0] } == 7)
    }

    @Test func `a copy that another process adopts is the same mutex`() throws {
        let mutex = try SharedMutex(1)
        let copy = try SharedMutex<Int>(adopting: mutex.memory.object.descriptor)
        try copy.withLock { value in
            value = 2
            #expect((try? mutex.withLockIfAvailable { _ in true }) == nil)
        }
        #expect(try mutex.withLock(\.self) == 2)
    }

    @Test func `another type and another kind are refused`() throws {
        let descriptor = try SharedMutex(1).memory.object.descriptor
        #expect(throws: SharedMemoryError.wrongContent(expected: "a mutex of this type")) {
            try SharedMutex<UInt>(adopting: descriptor)
        }
        #expect(throws: SharedMemoryError.self) { try SharedMutex<Wide>(adopting: descriptor) }
        #expect(throws: SharedMemoryError.wrongContent(expected: "a recursiveMutex of this type")) {
            try SharedRecursiveMutex(adopting: descriptor)
        }
        #expect(throws: SharedMemoryError.self) { try SharedCondition(adopting: descriptor) }
        #expect(throws: SharedMemoryError.self) { try SharedOnce(adopting: descriptor) }
    }

    @Test func `what a body does not throw needs no catch`() throws {
        let mutex = try SharedMutex(1)
        do throws(SharedLockError<Never>) {
            try mutex.withLock(timeout: .zero) { $0 = 2 }
        } catch {
            switch error {
            case .ownerDied, .timedOut, .cancelled: Issue.record(error)
            }
        }
        mutex.withLock(repairing: { _ in }) { $0 = 3 }
        #expect(mutex.withLock(repairing: { _ in }, \.self) == 3)
    }

    @Test func `waiting for a notification within the mutex ends with its time`() throws {
        let mutex = try SharedMutex(1)
        let condition = try SharedCondition()
        try mutex.withLock { _ in
            _ = #expect(throws: SharedLockError<Never>.timedOut) {
                try condition.wait(with: mutex, timeout: .milliseconds(20)) { _ in }
            }
        }
        #expect(try mutex.withLockIfAvailable(\.self) == 1)
    }

    @Test(
        "the copy of an owner in a forked child does not have the mutex, and releases nothing",
        .origin("lock_tests.LockTests.test_at_fork_reinit"))
    func forkedOwner() throws {
        let mutex = try SharedMutex(1)
        let status: Int32 = try mutex.withLock { _ in
            let child = fork()
            if child == 0 { return -1 }
            return exitCode(of: child)
        }
        if status == -1 {
            // The child has left the scope too, while its parent is still in it and waits for the child.
            let isHeld = (try? mutex.withLockIfAvailable { _ in true }) == nil
            let isHeldLong = (try? mutex.withLock(timeout: .milliseconds(20)) { _ in true }) == nil
            _exit(isHeld && isHeldLong ? 7 : 8)
        }
        #expect(status == 7)
        let child = fork()
        if child == 0 { _exit((try? mutex.withLock(timeout: .seconds(5)) { $0 = 2 }) == nil ? 8 : 7) }
        #expect(exitCode(of: child) == 7)
        #expect(try mutex.withLock(\.self) == 2)
    }

    private func exitCode(of child: pid_t) -> Int32 {
        var status: Int32 = 0
        // Writes to the local value.
        while unsafe waitpid(child, &status, 0) == -1, errno == EINTR {}
        return status >> 8
    }
}
