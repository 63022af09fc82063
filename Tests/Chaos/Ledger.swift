// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// What is under way, what has ended how, and what did not hold.
final class Ledger: Sendable {
    struct Counts: Sendable {
        var values = 0
        var threw = 0
        var died = 0
        var killed = 0
        var refused = 0
        var cancelled = 0
        var takenBack = 0
        var workersKilled = 0
        var workersStopped = 0
        var serversKilled = 0
        var serversStopped = 0

        var ended: Int { values + threw + died + killed + refused + cancelled + takenBack }
    }

    struct Entry: Sendable {
        let what: String
        let since: ContinuousClock.Instant
    }

    private struct State {
        var phase = "starting the pool"
        var underWay: [Int: Entry] = [:]
        var counts = Counts()
        var wrong: [String] = []
        var refusals: [String: Int] = [:]
        var lastEnd = ContinuousClock.now
        var slowest = Duration.zero
        /// When a process was killed, and how long its work then waited for its failure.
        var killedAt: [Int32: ContinuousClock.Instant] = [:]
        var deathDelays: [Duration] = []

        mutating func count(_ verdict: Verdict) {
            switch verdict {
            case .value: counts.values += 1
            case .threw: counts.threw += 1
            case .died: counts.died += 1
            case .killed: counts.killed += 1
            case .refused(let reason):
                counts.refused += 1
                refusals[reason, default: 0] += 1
            case .cancelled: counts.cancelled += 1
            case .takenBack: counts.takenBack += 1
            case .wrong(let text): wrong.append(text)
            }
        }
    }

    private let state = Mutex(State())

    // MARK: Work

    func begin(_ serial: Int, _ what: String) {
        state.withLock { state in
            if state.underWay.updateValue(Entry(what: what, since: .now), forKey: serial) != nil {
                state.wrong.append("the test itself: \(serial) began twice")
            }
        }
    }

    /// Which is allowed once.
    func end(_ serial: Int, _ verdict: Verdict, diedAs process: Int32? = nil) {
        state.withLock { state in
            let now = ContinuousClock.now
            state.lastEnd = now
            guard let entry = state.underWay.removeValue(forKey: serial) else {
                state.wrong.append("\(serial) ended twice, at last as \(verdict)")
                return
            }
            state.slowest = max(state.slowest, now - entry.since)
            if let process, let killed = state.killedAt.removeValue(forKey: process) {
                state.deathDelays.append(now - killed)
            }
            state.count(verdict)
        }
    }

    func complain(_ text: String) { state.withLock { $0.wrong.append(text) } }

    func enter(_ phase: String) {
        state.withLock { state in
            state.phase = phase
            state.lastEnd = .now
        }
    }

    // MARK: Blows

    func killed(_ process: Int32) {
        state.withLock { state in
            state.counts.workersKilled += 1
            state.killedAt[process] = .now
        }
    }

    func count(_ blow: any WritableKeyPath<Counts, Int> & Sendable) { state.withLock { $0.counts[keyPath: blow] += 1 } }

    // MARK: Looking

    var counts: Counts { state.withLock { $0.counts } }
    var wrong: [String] { state.withLock { $0.wrong } }
    var refusals: [String: Int] { state.withLock { $0.refusals } }
    var slowest: Duration { state.withLock { $0.slowest } }
    var deathDelays: [Duration] { state.withLock { $0.deathDelays.sorted() } }
    var phase: String { state.withLock { $0.phase } }
    var underWay: [Entry] { state.withLock { $0.underWay.values.sorted { $0.since < $1.since } } }

    /// Since when nothing has ended, or the oldest piece waits, whichever is longer ago.
    var waitsSince: ContinuousClock.Instant {
        state.withLock { state in
            state.underWay.values.map(\.since).min().map { min($0, state.lastEnd) } ?? state.lastEnd
        }
    }
}
