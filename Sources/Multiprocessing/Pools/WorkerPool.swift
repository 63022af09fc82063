// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Workers that do pieces of work: threads, child processes, or the caller itself. One word at the place where the pool
/// is made chooses which; everything else stands.
///
/// Each piece of work ends as exactly one output or one `WorkFailure`; the failure of one never touches another. Work
/// that is submitted waits in the order of submission until a worker is free.
///
/// The protocol is closed: the pools of this library are its only conformers, since requirements may be added to it.
public protocol WorkerPool: Sendable {
    /// How many pieces of work can run at the same time.
    var workerCount: Int { get }

    /// Does one piece of work and returns its output.
    ///
    /// Cancelling the task takes the work back (`WorkFailure.cancelled`) while it still waits for a worker. Once it runs, the
    /// work's own task is cancelled; a process that does not heed that is killed after the pool's grace, a thread is
    /// waited for.
    nonisolated(nonsending) func run<W: Work>(_ work: W, options: WorkOptions) async throws(WorkFailure) -> W.Output

    /// Ends the pool and its workers; returns when they are gone. Work that is submitted afterwards fails with
    /// `WorkFailure.poolIsShutDown`. A second call waits for the same end.
    func shutDown(_ mode: ShutDownMode) async
}

/// What becomes of work that a pool has accepted when the pool ends.
public enum ShutDownMode: Sendable, Hashable {
    /// It is finished first.
    case finishing

    /// What waits fails with `WorkFailure.poolIsShutDown`. What runs in a process is killed and fails likewise; what
    /// runs in a thread cannot be, and is waited for.
    case abandoning
}

extension WorkerPool {
    /// Does one piece of work in the usual way and returns its output.
    nonisolated(nonsending) public func run<W: Work>(_ work: W) async throws(WorkFailure) -> W.Output {
        try await run(work, options: WorkOptions())
    }

    /// Finishes all accepted work, then ends the pool and its workers.
    public func shutDown() async { await shutDown(.finishing) }

    /// Does all of it and returns the outputs in the order of the input.
    ///
    /// The input is taken as workers become free, never far ahead: a lazy sequence of any length needs little memory.
    /// Throws the first failure that happens and takes back what has not begun; to have every result, use
    /// `outcomes(of:lookAhead:options:)`.
    ///
    /// - Parameters:
    ///   - works: Pieces of work of one type.
    ///   - lookAhead: How many are submitted and not finished at any time; if not given, two for each worker, and more when
    ///     they turn out to be short.
    ///   - options: How each is to be treated.
    @inlinable nonisolated(nonsending) public func map<W: Work>(
        _ works: some Sequence<W>, lookAhead: Int? = nil, options: WorkOptions = WorkOptions()
    ) async throws(WorkFailure) -> [W.Output] {
        let outcomes = outcomes(of: works, lookAhead: lookAhead, options: options)
        var stream = WorkStream(outcomes, keepsWorks: false)
        var outputs = OutputTable(stream.flow.type.outputCoding, expecting: works.underestimatedCount)
        if !submitting.runsInCaller {
            try await stream.collect(into: &outputs)
            return outputs.all()
        }
        while let outcome = await stream.runNext() { outputs.put(try outcome.result.get(), at: outcome.index) }
        return outputs.all()
    }

    /// The outputs as they become ready, in the order of completion. The first failure ends the sequence by being
    /// thrown.
    ///
    /// As for `outcomes(of:lookAhead:options:)`, the input is taken only as the results are.
    @inlinable public func results<Works: Sequence>(
        of works: Works, lookAhead: Int? = nil, options: WorkOptions = WorkOptions()
    ) -> WorkResults<Works> where Works.Element: Work {
        WorkResults(outcomes: outcomes(of: works, lookAhead: lookAhead, options: options))
    }

    /// Every piece of work with its output or its failure, in the order of completion.
    ///
    /// The input is taken as the outcomes are: while nobody asks for the next one, no more than `lookAhead` pieces are
    /// on their way. An iteration that is abandoned takes back what has not begun.
    ///
    /// - Parameters:
    ///   - works: Pieces of work of one type; iterated by the task that iterates the outcomes.
    ///   - lookAhead: How many are submitted and not finished at any time; if not given, two for each worker, and more when
    ///     they turn out to be short.
    ///   - options: How each is to be treated.
    public func outcomes<Works: Sequence>(
        of works: Works, lookAhead: Int? = nil, options: WorkOptions = WorkOptions()
    ) -> WorkOutcomes<Works> where Works.Element: Work {
        precondition(lookAhead ?? 1 > 0, "a look-ahead of at least one piece of work is needed to do any")
        return WorkOutcomes(pool: submitting, works: works, lookAhead: lookAhead, options: options)
    }

    /// The side of a pool that this library's own types share.
    @usableFromInline var submitting: any SubmittingPool {
        guard let pool = self as? any SubmittingPool else {
            preconditionFailure("WorkerPool is closed to conformances outside of its library: \(Self.self)")
        }
        return pool
    }
}
