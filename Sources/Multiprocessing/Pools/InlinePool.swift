// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pool without workers: each piece of work runs in the task that asks for it.
///
/// For programs that choose their workers at run time, for tests and for comparison: `map`, `results` and `outcomes`
/// run one piece after the other, in the order of the input. Nothing is isolated: a trap ends the program. Work that
/// blocks holds the caller's thread; in a task of the cooperative pool use `ThreadPool` instead.
public final class InlinePool: SubmittingPool {
    private let state = Monitor(State())

    private struct State: Sendable {
        var isOpen = true
        var running = 0
        var waiters: [CheckedContinuation<Void, Never>] = []

        /// Whoever waits for the end, if it has come.
        mutating func takeWaiters() -> [CheckedContinuation<Void, Never>] {
            guard !isOpen, running == 0 else { return [] }
            defer { waiters = [] }
            return waiters
        }
    }

    /// Makes a pool; there is nothing to start.
    public init() {}

    /// One: the caller.
    public var workerCount: Int { 1 }

    @usableFromInline var runsInCaller: Bool { true }

    /// Does the work in the calling task. What it throws arrives as a `WorkError`, as from every pool.
    nonisolated(nonsending) public func run<W: Work>(_ work: W, options: WorkOptions) async throws(WorkFailure)
        -> W.Output
    {
        if Task.isCancelled { throw .cancelled }
        let isOpen = state.update { state in
            if state.isOpen { state.running += 1 }
            return state.isOpen
        }
        guard isOpen else { throw .poolIsShutDown }
        defer { leave() }
        guard let limit = options.timeLimit else {
            do { return try await work.run() } catch { throw .threw(WorkError(error)) }
        }
        return try await TimedRun<W>(limit).run(work).output()
    }

    private func leave() {
        let waiters = state.update { state in
            state.running -= 1
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for what other tasks still run here; neither mode can do anything about it.
    public func shutDown(_ mode: ShutDownMode) async {
        await withCheckedContinuation { continuation in
            let waiters = state.update { state in
                state.isOpen = false
                state.waiters.append(continuation)
                return state.takeWaiters()
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    // Sequences do their works in the caller, too: nothing is ever submitted here.
    @usableFromInline func submit<W: Work>(_ works: [W], from first: Int, _ options: WorkOptions, to inbox: WorkInbox)
        -> [Int]
    {
        preconditionFailure("a pool without workers was given work to keep")
    }

    @usableFromInline func takeBack(_ inbox: WorkInbox, alsoRunning: Bool) {}
}
