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

    /// Changes how many processes work at the same time. Those too many end after the work that they have.
    public func resize(to workers: Int) {
        precondition(workers > 0, "a pool needs at least one worker, not \(workers)")
        storage.resize(to: workers)
    }

    var runsInCaller: Bool { false }

    /// Does the work in one of the processes, as soon as one is free. See `WorkFailure` for what can go wrong on the
    /// way.
    public func run<W: Work>(_ work: W, options: WorkOptions) async throws(WorkFailure) -> W.Output {
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

    func submit<W: Work>(_ works: [W], from first: Int, _ options: WorkOptions, to inbox: WorkInbox<W>) -> [Int] {
        var request = WorkSubmission<W>(from: first, options, storage.configuration, to: inbox)
        let size = works.count > 1 ? storage.parcelSize(options) : 1
        if size > 1 { request.addParcels(works, of: size) } else { for work in works { request.add(work) } }
        storage.submit(request.submissions)
        inbox.receive(request.refused)
        return request.byteCounts
    }

    func takeBack<W: Work>(_ inbox: WorkInbox<W>, alsoRunning: Bool) {
        storage.takeBack(inbox, alsoRunning: alsoRunning)
    }

    func look(until isDone: () -> Bool) { storage.look(until: isDone) }

    func usualWindow(_ options: WorkOptions) -> Int { 2 * workerCount * (1 + 2 * (storage.parcelSize(options) - 1)) }
}

/// Works on their way into a pool: encoded, alone or several together.
struct WorkSubmission<W: Work> {
    private(set) var submissions: [ProcessPoolStorage.Submission] = []
    /// What could not be encoded fails here, alone.
    private(set) var refused: [IndexedReply] = []
    /// How many bytes each work takes.
    private(set) var byteCounts: [Int] = []

    private let type = WorkType<W>.known
    private let inbox: WorkInbox<W>
    private let words: [CarriedWords]
    private let piece: ProcessPoolStateMachine.Piece
    private let now = Deadline.now.nanoseconds
    private var next: Int

    init(
        from first: Int, _ options: WorkOptions, _ configuration: ProcessPool.Configuration, to inbox: WorkInbox<W>
    ) {
        next = first
        self.inbox = inbox
        // In the submitting task, and once for all that it submits together.
        words = configuration.companions.captured()
        let limit = options.timeLimit ?? configuration.timeLimit
        piece = ProcessPoolStateMachine.Piece(
            priority: options.priority, timeLimit: limit?.wholeNanoseconds, mayRepeat: W.isIdempotent)
    }

    /// A work in a message of its own.
    mutating func add(_ work: W) {
        let index = next
        next += 1
        do {
            let request = try type.request(work, carrying: words)
            byteCounts.append(request.bytes.count)
            var piece = piece
            piece.needsIdleWorker = !request.handles.isEmpty
            let name = WorkName.later(of: work, in: request)
            submissions.append(
                ProcessPoolStorage.Submission(
                    pending: PendingWork(
                        request: .work(request), first: index, receiver: inbox, submitted: now, typeName: type.name,
                        name: { _ in name() }), piece: piece))
        } catch {
            byteCounts.append(0)
            refused.append(IndexedReply(index: index, result: .failure(WorkFailure(error))))
        }
    }

    /// Works that travel together, as many as `size` at a time; one that cannot, alone.
    mutating func addParcels(_ works: [W], of size: Int) {
        guard type.mangledName != nil else { return works.forEach { add($0) } }
        var parcel = WorkParcel(head: WorkRequest.head(type.nameBytes, carrying: words))
        var start = 0
        for (place, work) in works.enumerated() {
            let before = parcel.byteCount
            let isIn = (try? parcel.append(work, type.workCoding)) ?? false
            if isIn { byteCounts.append(parcel.byteCount - before) }
            if !isIn || parcel.count == size || parcel.byteCount > Self.largestParcel {
                addParcel(parcel, works[start..<start + parcel.count])
                parcel = WorkParcel(head: WorkRequest.head(type.nameBytes, carrying: words))
                start = place + 1
            }
            if !isIn { add(work) }
        }
        addParcel(parcel, works[start...])
    }

    /// A quarter of what a worker's memory holds: the next is on its way while one is done.
    private static var largestParcel: Int { 16 << 10 }

    private mutating func addParcel(_ parcel: WorkParcel, _ works: ArraySlice<W>) {
        guard parcel.count > 0 else { return }
        let first = next
        next += parcel.count
        var piece = piece
        piece.works = parcel.count
        piece.isParcel = true
        submissions.append(
            ProcessPoolStorage.Submission(
                pending: PendingWork(
                    request: .parcel(parcel), first: first, count: parcel.count, receiver: inbox, submitted: now,
                    typeName: type.name, name: { WorkName(works[works.startIndex + $0 - first]) }), piece: piece))
    }
}
