// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// Has a work keep one side of the lock while `body` runs.
    private static func keeping(
        _ side: Keeping.Side, _ lock: TripleLock, _ pool: any WorkerPool, _ form: WaitingForm,
        _ body: () async throws -> Void
    ) async throws {
        let (begun, until) = (try Heart(), try Heart())
        async let kept: Void = pool.run(Keeping(side: side, lock: lock, begun: begun, until: until, form: form))
        await begun.reaches(1)
        do {
            try await body()
        } catch {
            until.beat()
            throw error
        }
        until.beat()
        try await kept
    }

    private static let readWriteOrder: [PoolContract] = [
        PoolContract("many read at once", workers: 4) { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                let inside = try Heart()
                let works = (0..<4).map { _ in ReadingTogether(lock: lock, inside: inside, count: 4, form: form) }
                try requireEqual(try await pool.map(works, lookAhead: 4), [true, true, true, true])
            }
        },
        PoolContract("one writes alone: no write is lost, and nobody reads half of one", workers: 4) { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                let works = (0..<4).map { _ in ReadingAndWriting(lock: lock, writes: 150, form: form) }
                try requireEqual(try await pool.map(works, lookAhead: 4), [0, 0, 0, 0])
                let value = try await lock.withReadLock { $0 }
                try requireEqual(value, Triple(first: 600, second: 600, third: 600))
            }
        },
        PoolContract("readers keep writers out, and a writer keeps everybody out") { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                let free = TryingBoth.Result(read: true, write: true)
                let none = TryingBoth.Result(read: false, write: false)
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), free)
                try await keeping(.reading, lock, pool, form) {
                    try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: false))
                    try require(
                        !(try await pool.run(WaitingBriefly(side: .writing, lock: lock, form: form))),
                        "wrote beside a reader")
                    // Who gave up waiting keeps nobody out.
                    try require(
                        try await pool.run(WaitingBriefly(side: .reading, lock: lock, form: form)), "did not read")
                }
                try await keeping(.writing, lock, pool, form) {
                    try requireEqual(try await pool.run(TryingBoth(lock: lock)), none)
                    for side in [Keeping.Side.reading, .writing] {
                        try require(
                            !(try await pool.run(WaitingBriefly(side: side, lock: lock, form: form))),
                            "came in beside a writer")
                    }
                }
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), free)
            }
        },
        PoolContract("a stream of readers does not keep a writer out", workers: 3) { pool in
            try await streamed(.reading, pool) { try await $0.write($1, timeout: .seconds(60)) { $0.advance() } }
        },
        PoolContract("a stream of writers does not keep a reader out", workers: 3) { pool in
            try await streamed(.writing, pool) { lock, form in
                try require(try await lock.read(form, timeout: .seconds(60)) { $0.isWhole }, "read half a write")
            }
        },
    ]

    /// Three works hold one side in turns without end; `other` has to get in a hundred times.
    private static func streamed(
        _ side: Keeping.Side, _ pool: any WorkerPool, _ other: (TripleLock, WaitingForm) async throws -> Void
    ) async throws {
        let lock = try TripleLock(Triple())
        let (begun, until) = (try Heart(), try Heart())
        let works = (0..<3).map { _ in Streaming(side: side, lock: lock, begun: begun, until: until) }
        async let streams = pool.map(works, lookAhead: 3).count
        await begun.reaches(3)
        do {
            for form in WaitingForm.allCases { for _ in 0..<50 { try await other(lock, form) } }
        } catch {
            until.beat()
            throw error
        }
        until.beat()
        try requireEqual(try await streams, 3)
    }

    private static let readWriteErrors: [PoolContract] = [
        PoolContract("what a body throws under a read-write lock arrives, and the lock is free") { pool in
            let lock = try TripleLock(Triple())
            do throws(SharedLockError<Oops>) {
                try await lock.withWriteLock { value throws(Oops) in
                    value.first = 1
                    throw Oops(detail: "writing")
                }
            } catch {
                try requireEqual(error, .body(Oops(detail: "writing")))
            }
            do throws(SharedLockError<Oops>) {
                try await lock.withReadLock { _ throws(Oops) in throw Oops(detail: "reading") }
            } catch {
                try requireEqual(error, .body(Oops(detail: "reading")))
            }
            try requireEqual(try await lock.withReadLock { $0.first }, 1)
            try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
        },
        PoolContract("a wait for a read-write lock that is cancelled keeps nobody out") { pool in
            let lock = try TripleLock(Triple())
            try await keeping(.reading, lock, pool, .blocking) {
                let tasks = (0..<3).map { _ in
                    Task {
                        do throws(SharedLockError<Never>) { try await lock.withWriteLock { _ in } } catch {
                            return error == .cancelled
                        }
                        return false
                    }
                }
                for task in tasks { task.cancel() }
                for task in tasks { try require(await task.value, "a wait did not end as cancelled") }
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: false))
            }
            try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
        },
        PoolContract("a repair that is not needed does nothing") { pool in
            let lock = try TripleLock(Triple())
            try requireEqual(try await lock.repair { $0.first = 9 }, false)
            try await lock.withWriteLock(repairing: { $0.first = 9 }) { $0.second = 0 }
            try requireEqual(try await lock.withReadLock { $0 }, Triple())
            try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
        },
    ]

    /// What a read-write lock owes between any workers.
    public static let readWriteLock = readWriteOrder + readWriteErrors

    /// What a read-write lock owes between processes.
    public static let readWriteLockOfProcesses: [PoolContract] = [
        PoolContract("a process that dies reading keeps no writer out") { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                _ = try await report(of: DyingInLock(lock: lock, place: .reading), in: pool)
                try await lock.write(form, timeout: .seconds(20)) { $0.advance() }
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
            }
        },
        PoolContract("a process that dies waiting to write keeps no reader out") { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                try await keeping(.reading, lock, pool, form) {
                    _ = try await report(of: DyingInLock(lock: lock, place: .waiting), in: pool)
                    try require(try await lock.read(form, timeout: .seconds(20)) { $0.isWhole }, "torn")
                }
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
            }
        },
        PoolContract("a death while writing is said to all until somebody repairs the value") { pool in
            for form in WaitingForm.allCases {
                let lock = try TripleLock(Triple())
                let report = try await report(of: DyingInLock(lock: lock, place: .writing), in: pool)
                for _ in 0..<2 {
                    try requireEqual(
                        try await deadWriter { try await lock.read(form) { _ in } }, report.processIdentifier)
                    try requireEqual(
                        try await deadWriter { try await lock.write(form) { _ in } }, report.processIdentifier)
                }
                do {
                    _ = try await pool.run(TryingBoth(lock: lock))
                    throw Violation("another process read what the dead left")
                } catch let failure as WorkFailure {
                    guard case .threw = failure else { throw failure }
                }
                // A repair that fails leaves it as it is.
                _ = try? await lock.repair { _ throws(Oops) in throw Oops(detail: "cannot") }
                try requireEqual(try await deadWriter { try await lock.read(form) { _ in } }, report.processIdentifier)
                try requireEqual(try await lock.repair { $0 = Triple(first: $0.first, second: 1, third: 1) }, true)
                try requireEqual(try await lock.withReadLock { $0 }, Triple(first: 1, second: 1, third: 1))
                try requireEqual(try await pool.run(TryingBoth(lock: lock)), .init(read: true, write: true))
            }
        },
        PoolContract("a writer that is told how repairs what the dead left") { pool in
            let lock = try TripleLock(Triple())
            _ = try await report(of: DyingInLock(lock: lock, place: .writing), in: pool)
            try await lock.withWriteLock(repairing: { $0 = Triple() }) { $0.advance() }
            try requireEqual(try await lock.withReadLock { $0 }, Triple(first: 1, second: 1, third: 1))
        },
    ]

    /// Which process is said to have died as a writer.
    private static func deadWriter(_ body: () async throws -> Void) async throws -> Int32? {
        do {
            try await body()
            return nil
        } catch SharedLockError<any Error>.ownerDied(let number) {
            return number
        }
    }
}
