// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Does once what raises a value that several works share; whether it was this one, and what it saw afterwards.
struct DoingOnce: Work {
    struct Answer: Codable, Sendable, Equatable {
        var didIt: Bool
        var saw: Pair
    }

    var once: SharedOnce
    var pair: SharedMutex<Pair>
    var isAsynchronous: Bool
    func run() async throws -> Answer {
        let didIt = isAsynchronous ? try await once.run { try step() } : try block()
        return Answer(didIt: didIt, saw: try await pair.withLock(\.self))
    }

    private func block() throws -> Bool { try once.run { try step() } }

    private func step() throws {
        try pair.withLock { $0.left += 1 }
        sched_yield()
        try pair.withLock { $0.right += 1 }
    }
}

/// Begins and throws.
struct FailingOnce: Work {
    var once: SharedOnce
    func run() throws -> Bool {
        do { try once.run { throw Oops(detail: "not done") } } catch { return error is Oops && !once.isDone }
        return false
    }
}

/// Begins, and ends when it is told to; whether another could begin meanwhile, asked for by the other.
struct TakingLongOnce: Work {
    var once: SharedOnce
    var begun: Heart
    var finish: Heart
    func run() -> Bool {
        once.run {
            begun.beat()
            finish.awaitBeat()
        }
    }
}

/// Waits for a short time only; whether that was too short.
struct ImpatientOnce: Work {
    var once: SharedOnce
    func run() throws -> Bool {
        do throws(SharedLockError<Never>) {
            try once.run(timeout: .milliseconds(30)) {}
        } catch { return error == .timedOut }
        return false
    }
}

/// Begins and dies.
struct DyingOnce: Work {
    var once: SharedOnce
    func run() { once.run { kill(getpid(), SIGKILL) } }
}

extension PoolContract {
    /// What a `SharedOnce` owes the works that share it.
    public static let once: [PoolContract] = [
        PoolContract("what is to be done once is done by one, and seen by all afterwards", workers: 4) { pool in
            for _ in 0..<10 {
                let once = try SharedOnce()
                let pair = try SharedMutex(Pair())
                let works = (0..<4).map { DoingOnce(once: once, pair: pair, isAsynchronous: $0 % 2 == 0) }
                let answers = try await pool.map(works, lookAhead: 4)
                try requireEqual(answers.count(where: \.didIt), 1)
                try require(answers.allSatisfy { $0.saw == Pair(left: 1, right: 1) }, "found \(answers)")
                try requireEqual(once.isDone, true)
            }
        },
        PoolContract("what failed is not done, and the next one does it") { pool in
            let once = try SharedOnce()
            try requireEqual(try await pool.run(FailingOnce(once: once)), true)
            let work = DoingOnce(once: once, pair: try SharedMutex(Pair()), isAsynchronous: false)
            try requireEqual(try await pool.run(work).didIt, true)
            try requireEqual(try await pool.run(work).didIt, false)
        },
        PoolContract("others wait while one is about it, for no longer than they want") { pool in
            let once = try SharedOnce()
            let (begun, finish) = (try Heart(), try Heart())
            async let didIt = pool.run(TakingLongOnce(once: once, begun: begun, finish: finish))
            defer { finish.beat() }
            await begun.reaches(1)
            try requireEqual(try await pool.run(ImpatientOnce(once: once)), true)
            try requireEqual(once.isDone, false)
            finish.beat()
            try requireEqual(try await didIt, true)
            try requireEqual(try await pool.run(ImpatientOnce(once: once)), false)
        },
    ]

    /// What it owes when processes die.
    public static let onceOfProcesses: [PoolContract] = [
        PoolContract("what a dead one had begun the next one does") { pool in
            let once = try SharedOnce()
            for _ in 0..<2 { _ = try await report(of: DyingOnce(once: once), in: pool) }
            let work = DoingOnce(once: once, pair: try SharedMutex(Pair()), isAsynchronous: true)
            try requireEqual(try await pool.run(work).didIt, true)
        }
    ]
}
