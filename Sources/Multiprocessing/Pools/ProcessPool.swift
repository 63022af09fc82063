// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pool whose workers are child processes: a trap, an `exit` or a kill in one fails the work that it ran and nothing
/// else.
///
/// The failure, `WorkFailure.died`, carries the signal or exit code and the last lines of standard error, and
/// the worker is replaced. A worker does one piece of work at a time, on its main thread; it gets no signals from the
/// terminal, reads nothing from standard input, and ends when this process does, however that happens.
///
/// Work and output travel as bytes, through memory that is shared with each worker: see `Work` for what can. Under `.fork`
/// the workers are copies of this process as it is when the pool is made, replacements too; they inherit its memory,
/// though work never depends on it.
///
/// Cancelling the task that waits for a work reaches the work where it runs: its own task is cancelled, and if it has not
/// ended after `Configuration.grace`, its worker is killed with everything that it has started, and replaced.
///
/// A pool that is dropped without `shutDown()` kills its workers and abandons what waits.
public final class ProcessPool: SubmittingPool {
    private let storage: ProcessPoolStorage

    /// Starts the workers.
    ///
    /// - Parameters:
    ///   - workers: How many, at least one; as many as this process may use processors if not given.
    ///   - method: How they begin.
    ///   - safety: Only for `.fork`: what to do when this process has more than one thread. A pool has a thread of its
    ///     own, so a second `.fork` pool must be made before the first one is used up, or not at all.
    ///   - settings: The surroundings that the workers are given.
    ///   - companions: What travels beside each piece of work, and what is done with notices from the workers.
    /// - Throws: The reason why no worker could be started; then none is left.
    public convenience init(
        workers: Int = Machine.current.usableProcessors, by method: StartMethod = .default,
        safety: ForkSafety = .requireSingleThread, settings: WorkerSettings = WorkerSettings(),
        companions: WorkCompanions = WorkCompanions()
    ) throws(StartFailure) {
        var configuration = Configuration(workers: workers, by: method)
        configuration.forkSafety = safety
        configuration.settings = settings
        configuration.companions = companions
        try self.init(configuration)
    }

    /// Starts the workers as the configuration says.
    ///
    /// - Throws: The reason why no worker could be started; then none is left.
    public init(_ configuration: Configuration) throws(StartFailure) {
        precondition(configuration.workers > 0, "a pool needs at least one worker, not \(configuration.workers)")
        let most = configuration.maximumWorkPerWorker ?? 1
        precondition(most > 0, "a worker does at least one piece of work before it is replaced, not \(most)")
        storage = try ProcessPoolStorage(configuration)
        startMethod = configuration.startMethod
    }

    deinit { storage.shutDown(.abandoning) }

    /// How many processes work at the same time, at most.
    public var workerCount: Int { storage.workerCount }

    /// How the workers begin.
    public let startMethod: StartMethod

    /// The processes that there are now, in no order; one that has just died may be among them, its replacement not yet.
    public var processIdentifiers: [Int32] { storage.processIdentifiers }

    /// What the pool is doing now, in numbers.
    public var counts: PoolCounts { storage.counts }

    /// What the pool is doing, now and whenever it has changed: the newest counts only, for whoever looks less often than
    /// they change. Ends with the pool. For the progress of one sequence count its outcomes.
    public var progress: AsyncStream<PoolCounts> { storage.progress() }

    /// Changes how many processes work at the same time. Those too many end after the work that they have.
    public func resize(to workers: Int) {
        precondition(workers > 0, "a pool needs at least one worker, not \(workers)")
        storage.resize(to: workers)
    }

    @usableFromInline var runsInCaller: Bool { false }

    /// Does the work in one of the processes, as soon as one is free. See `WorkFailure` for what can go wrong on the
    /// way.
    nonisolated(nonsending) public func run<W: Work>(_ work: W, options: WorkOptions) async throws(WorkFailure)
        -> W.Output
    {
        try await submitAndWait(work, options)
    }

    /// Ends the processes; under `.abandoning` by killing them.
    public func shutDown(_ mode: ShutDownMode) async {
        storage.shutDown(mode)
        await storage.end()
    }

    /// Finishes accepted work for so long; what has not ended then is killed and fails with
    /// `WorkFailure.poolIsShutDown`.
    public func shutDown(within limit: Duration) async {
        storage.shutDown(.finishing, within: limit)
        await storage.end()
    }

    // MARK: Submitting

    @usableFromInline func submit<W: Work>(_ works: [W], from first: Int, _ options: WorkOptions, to inbox: WorkInbox)
        -> [Int]
    {
        let size = works.count > 1 ? storage.parcelSize(options) : 1
        var submission = WorkSubmission(works, from: first, options, storage.configuration, to: inbox)
        if size > 1 { submission.addParcels(of: size) } else { submission.addAll() }
        storage.submit(submission.pieces)
        inbox.add(submission.refused)
        return submission.byteCounts
    }

    @usableFromInline func takeBack(_ inbox: WorkInbox, alsoRunning: Bool) {
        storage.takeBack(inbox, alsoRunning: alsoRunning)
    }

    @usableFromInline func look(until isDone: () -> Bool) { storage.look(until: isDone) }

    @usableFromInline func hasWaited() { storage.hasWaited() }

    @usableFromInline func usualWindow(_ options: WorkOptions) -> Int {
        2 * workerCount * (1 + 2 * (storage.parcelSize(options) - 1))
    }
}
