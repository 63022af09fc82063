// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Locks, locks again and lets go in between; the depth at each step, as told and as asked for.
struct Nesting: Work {
    var mutex: SharedRecursiveMutex
    var isAsynchronous: Bool
    func run() async throws -> [Int] {
        isAsynchronous ? try await mutex.withLock(inner) + [mutex.depth] : try block()
    }

    private func block() throws -> [Int] { try mutex.withLock(inner) + [mutex.depth] }

    private func inner(_ depth: Int) throws -> [Int] {
        var depths = [depth]
        try mutex.withLock { depths.append($0) }
        depths.append(mutex.depth)
        try mutex.withLock { depth in
            try mutex.withLock(timeout: .zero) { depths += [depth, $0] }
            try mutex.withLockIfAvailable { depths += [$0, mutex.depth] }
        }
        return depths + [mutex.depth]
    }
}

/// Has the lock twice, then once, and lets go when it is told so.
struct HoldingTwice: Work {
    var mutex: SharedRecursiveMutex
    var hasIt: Heart
    var letInnerGo: Heart
    var letGo: Heart
    func run() throws -> Int {
        try mutex.withLock { _ in
            try mutex.withLock { _ in
                hasIt.beat()
                letInnerGo.awaitBeat()
            }
            hasIt.beat()
            letGo.awaitBeat()
            return mutex.depth
        }
    }
}

/// Whether it could have the lock at once, and within some time; and how deep it has it, in between and afterwards.
struct AskingForRecursive: Work {
    var mutex: SharedRecursiveMutex
    func run() throws -> [Int] {
        var answers = [mutex.depth, try mutex.withLockIfAvailable { $0 } ?? -1]
        do throws(SharedLockError<Never>) {
            answers.append(try mutex.withLock(timeout: .milliseconds(30)) { $0 })
        } catch {
            guard error == .timedOut else { throw error }
            answers.append(-1)
        }
        return answers + [mutex.depth]
    }
}

/// Counts under the lock in memory beside it, with functions that lock calling one another.
struct AddingTwice: Work {
    var mutex: SharedRecursiveMutex
    var memory: SharedMemory
    var times: Int
    func run() throws { for _ in 0..<times { try mutex.withLock { _ in try mutex.withLock { _ in advance() } } } }

    private func advance() {
        unsafe memory.withUnsafeMutableBytes { bytes in
            // Eight bytes at least; the lock is held.
            unsafe bytes.storeBytes(of: bytes.load(as: Int.self) + 1, as: Int.self)
        }
    }

    static func value(of memory: SharedMemory) -> Int {
        // Whoever wrote has ended.
        unsafe memory.withUnsafeBytes { unsafe $0.load(as: Int.self) }
    }
}

/// Throws two locks deep.
struct ThrowingTwiceDeep: Work {
    var mutex: SharedRecursiveMutex
    func run() throws -> [Int] {
        let depths: [Int] = try mutex.withLock { _ in
            do { try mutex.withLock { _ in throw Oops(detail: "deep") } } catch { return [mutex.depth] }
            return []
        }
        return depths + [mutex.depth]
    }
}

/// Dies three locks deep.
struct DyingDeep: Work {
    var mutex: SharedRecursiveMutex
    func run() throws {
        try mutex.withLock { _ in
            try mutex.withLock { _ in try mutex.withLock { _ in _ = kill(getpid(), SIGKILL) } }
        }
    }
}

/// What is said after an owner's death, and how deep the first to lock is when it has been repaired.
struct RepairingRecursive: Work {
    var mutex: SharedRecursiveMutex
    func run() throws -> [Int] {
        var steps: [Int] = []
        do throws(SharedLockError<Never>) {
            try mutex.withLock { steps.append($0) }
        } catch {
            guard case .ownerDied = error else { throw error }
            steps.append(-1)
        }
        // Locking inside the repair is allowed: it is what the repair's own functions may do.
        let repaired = try mutex.repair { try mutex.withLock { steps.append($0) } }
        steps.append(repaired ? -2 : -3)
        let repairedAgain = try mutex.repair {}
        steps.append(repairedAgain ? -2 : -3)
        return steps + [try mutex.withLock { $0 }]
    }
}

extension PoolContract {
    /// What a `SharedRecursiveMutex` owes the works that share it.
    public static let recursiveMutex: [PoolContract] = [
        PoolContract(
            "a recursive mutex is had again by the thread that has it, and tells how often",
            origins: [
                "lock_tests.RLockTests.test_reacquire", "lock_tests.RLockTests.test_recursion_count",
                "_test_multiprocessing._TestLock.test_rlock",
            ]
        ) { pool in
            let mutex = try SharedRecursiveMutex()
            for isAsynchronous in [false, true] {
                let depths = try await pool.run(Nesting(mutex: mutex, isAsynchronous: isAsynchronous))
                try requireEqual(depths, [1, 2, 1, 2, 3, 3, 3, 1, 0])
            }
        },
        PoolContract(
            "a recursive mutex is the owner's until its outermost body is left, and nobody else can release it",
            origins: [
                "lock_tests.RLockTests.test_different_thread", "lock_tests.RLockTests.test__is_owned",
                "lock_tests.RLockTests.test_release_unacquired",
            ]
        ) { pool in
            let mutex = try SharedRecursiveMutex()
            let (hasIt, letInnerGo, letGo) = (try Heart(), try Heart(), try Heart())
            let work = HoldingTwice(mutex: mutex, hasIt: hasIt, letInnerGo: letInnerGo, letGo: letGo)
            async let held = pool.run(work)
            defer {
                letInnerGo.beat()
                letGo.beat()
            }
            for step in 1...2 {
                await hasIt.reaches(step)
                try requireEqual(try await pool.run(AskingForRecursive(mutex: mutex)), [0, -1, -1, 0])
                (step == 1 ? letInnerGo : letGo).beat()
            }
            try requireEqual(try await held, 1)
            try requireEqual(try await pool.run(AskingForRecursive(mutex: mutex)), [0, 1, 1, 0])
        },
        PoolContract("a recursive mutex lets one at a time in", workers: 4) { pool in
            let mutex = try SharedRecursiveMutex()
            let memory = try SharedMemory(byteCount: 8)
            let works = (0..<4).map { _ in AddingTwice(mutex: mutex, memory: memory, times: 2_000) }
            _ = try await pool.map(works, lookAhead: 4)
            try requireEqual(AddingTwice.value(of: memory), 8_000)
        },
        PoolContract("an error leaves a recursive mutex as deep as it was") { pool in
            let mutex = try SharedRecursiveMutex()
            try requireEqual(try await pool.run(ThrowingTwiceDeep(mutex: mutex)), [1, 0])
            try requireEqual(try await pool.run(AskingForRecursive(mutex: mutex)), [0, 1, 1, 0])
        },
    ]

    /// What it owes when processes die.
    public static let recursiveMutexOfProcesses: [PoolContract] = [
        PoolContract("a recursive mutex whose owner died deep inside says so until it is repaired") { pool in
            let mutex = try SharedRecursiveMutex()
            _ = try await report(of: DyingDeep(mutex: mutex), in: pool)
            try requireEqual(try await pool.run(RepairingRecursive(mutex: mutex)), [-1, 2, -2, -3, 1])
        }
    ]
}
