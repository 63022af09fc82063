// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// One of the parties of a barrier, which all do the same. Answers what became of it, in the script's own terms.
struct BarrierParty: Work {
    enum Script: Codable, Sendable {
        case passes(Int)
        case index, action, failingAction, abort, reset, abortAndReset, timeout, defaultTimeout, thousand
    }

    var script: Script
    var barrier: SharedBarrier
    var other: SharedBarrier
    var before: Heart
    var after: Heart
    var form: WaitingForm

    init(_ script: Script, _ barrier: SharedBarrier, _ form: WaitingForm) throws {
        self.script = script
        self.barrier = barrier
        self.form = form
        other = try SharedBarrier(parties: barrier.parties)
        before = try Heart()
        after = try Heart()
    }

    /// Where half of the parties have come.
    private var half: Int { barrier.parties / 2 }

    func run() async throws -> Int {
        switch script {
        case .passes(let count): try await pass(count)
        case .index: try await barrier.wait(form)
        case .action: try await act()
        case .failingAction: try await failToAct()
        case .abort: try await abortOrBreak()
        case .reset: try await reset()
        case .abortAndReset: try await abortAndReset()
        case .timeout: try await comeLate(timeout: .milliseconds(60), first: nil)
        case .defaultTimeout: try await comeLate(timeout: nil, first: .seconds(60))
        case .thousand: try await passOften()
        }
    }

    private func pass(_ count: Int) async throws -> Int {
        for round in 0..<count {
            before.beat()
            try requireEqual(after.beats, round * barrier.parties)
            try await barrier.wait(form)
            after.beat()
            try requireEqual(before.beats, (round + 1) * barrier.parties)
            try await barrier.wait(form)
        }
        try requireEqual(barrier.waitingCount, 0)
        try require(!barrier.isBroken, "it is broken")
        return count
    }

    private func passOften() async throws -> Int {
        for round in 0..<1_000 {
            before.beat()
            try await barrier.wait(form)
            let (beats, least) = (before.beats, (round + 1) * barrier.parties)
            try require(beats >= least && beats < least + barrier.parties, "\(beats) beats in round \(round)")
        }
        return 1_000
    }

    private func act() async throws -> Int {
        try await barrier.wait(form) { before.beat() }
        return before.beats
    }

    /// 1: its action failed; 2: it found the barrier broken.
    private func failToAct() async throws -> Int {
        do {
            try await barrier.wait(form) { throw Oops(detail: "in the action") }
        } catch let error as SharedBarrierError<any Error> {
            switch error {
            case .action(let error):
                try requireEqual((error as? Oops)?.detail, "in the action")
                return 1
            case .broken: return 2
            case .timedOut, .cancelled: break
            }
        }
        return 0
    }

    /// 0: passed twice; 1: found it broken; 2: broke it.
    private func abortOrBreak() async throws -> Int {
        if try await barrier.wait(form) == half {
            barrier.abort()
            return 2
        }
        return try await barrier.breaks(form) ? 1 : 0
    }

    /// As above.
    private func reset() async throws -> Int {
        var result = 2
        if try await barrier.wait(form) == half {
            while barrier.waitingCount < barrier.parties - 1 { sched_yield() }
            barrier.reset()
        } else {
            result = try await barrier.breaks(form) ? 1 : 0
        }
        try await barrier.wait(form)
        return result
    }

    /// As above. The other barrier keeps apart those who have left from those who reset.
    private func abortAndReset() async throws -> Int {
        let result = try await abortOrBreak()
        if try await other.wait(form) == half { barrier.reset() }
        try await other.wait(form)
        try await barrier.wait(form)
        return result
    }

    /// 1: found it broken. One comes when the others have given up.
    private func comeLate(timeout: Duration?, first: Duration?) async throws -> Int {
        if try await barrier.wait(form, timeout: first) == half {
            while !barrier.isBroken { sched_yield() }
        }
        return try await barrier.breaks(form, timeout: timeout) ? 1 : 0
    }
}

/// Waits once at a barrier; answers whether it was passed.
struct Meeting: Work {
    var barrier: SharedBarrier
    var form: WaitingForm
    func run() async throws -> Bool { !(try await barrier.breaks(form)) }
}

/// Waits at a barrier and keeps its handle until it is killed, while it waits for the second time or after the first.
struct DyingAtBarrier: Work {
    enum Moment: Codable, CaseIterable, Sendable { case waiting, between, acting }

    var barrier: SharedBarrier
    var moment: Moment
    /// How many have to wait before it dies.
    var count: Int

    func run() throws {
        switch moment {
        case .waiting:
            let barrier = barrier
            Task.detached { try await barrier.wait() }
            while barrier.waitingCount < count { sched_yield() }
        case .between:
            try barrier.wait()
        case .acting:
            while barrier.waitingCount < count { sched_yield() }
            try barrier.wait { kill(getpid(), SIGKILL) }
        }
        kill(getpid(), SIGKILL)
    }
}
