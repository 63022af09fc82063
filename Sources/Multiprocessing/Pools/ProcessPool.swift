// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pool whose workers are child processes: a trap, an `exit` or a kill in one fails the work that it ran and nothing
/// else.
///
/// The failure, `WorkFailure.died`, carries the signal or exit code and the last lines of standard error, and
/// the worker is replaced. A worker does one piece of work at a time, on its main thread; it gets no signals from the
/// terminal, reads nothing from standard input, and ends when this process does, however that happens.
///
/// Work and output travel as bytes: see `Work` for what can. Under `.fork` the workers are copies of this process as it
/// is when the pool is made, replacements too; they inherit its memory, though work never depends on it.
///
/// A pool that is dropped without `shutDown()` kills its workers and abandons what waits.
public final class ProcessPool: SubmittingPool {
    private let storage: ProcessPoolStorage
    private let companions: WorkCompanions

    /// Starts the workers.
    ///
    /// - Parameters:
    ///   - workers: How many, at least one; as many as this process may use processors if not given.
    ///   - method: How they begin.
    ///   - safety: Only for `.fork`: what to do when this process has more than one thread. A pool has a thread of its
    ///     own, so a second `.fork` pool must be made before the first one is used up, or not at all.
    ///   - companions: What travels beside each piece of work, and what is done with notices from the workers.
    /// - Throws: The reason why no worker could be started; then none is left.
    public init(
        workers: Int = Machine.current.usableProcessors, by method: StartMethod = .forkServer,
        safety: ForkSafety = .requireSingleThread, companions: WorkCompanions = WorkCompanions()
    ) throws(StartFailure) {
        precondition(workers > 0, "a pool needs at least one worker, not \(workers)")
        storage = try ProcessPoolStorage(
            workers: workers, starter: WorkerStarter(method, safety), companions: companions)
        self.companions = companions
        workerCount = workers
        startMethod = method
    }

    deinit { storage.shutDown(.abandoning) }

    /// How many processes work at the same time.
    public let workerCount: Int

    /// How the workers begin.
    public let startMethod: StartMethod

    /// The processes that work now, in no order; one that has just died may be among them, its replacement not yet.
    public var processIdentifiers: [Int32] { storage.processIdentifiers }

    var runsInCaller: Bool { false }

    /// Does the work in one of the processes, as soon as one is free. See `WorkFailure` for what can go wrong on the
    /// way.
    public func run<W: Work>(_ work: W) async throws(WorkFailure) -> W.Output { try await submitAndWait(work) }

    /// Ends the processes; under `.abandoning` by killing them.
    public func shutDown(_ mode: ShutDownMode) async {
        storage.shutDown(mode)
        await storage.end()
    }

    func submit<W: Work>(_ work: W, _ completion: @escaping @Sendable (Completion<W>) -> Void) -> WorkTicket {
        let request: MessageBody
        do {
            // Before it is queued: what cannot be encoded fails here, alone.
            request = try WorkType<W>.known.request(work, carrying: companions.captured())
        } catch {
            completion(.failure(WorkFailure(error)))
            return .none
        }
        return storage.submit(
            PendingWork(request: request, name: description(of: work, in: request)) { result in
                switch result {
                case .success(let reply): completion(.reply(reply))
                case .failure(let failure): completion(.failure(failure))
                }
            })
    }
}

/// A piece of work on its way through a pool of processes.
struct PendingWork: Sendable {
    /// The frame to send; empty once it was handed to a worker.
    private(set) var request: MessageBody
    /// The work in a few words, made only for a report.
    let name: @Sendable () -> String
    let completion: @Sendable (Result<WorkReply, WorkFailure>) -> Void

    /// The frame, which is not kept here: this process must not hold the handles in it while the work runs.
    mutating func takeRequest() -> MessageBody {
        defer { request = MessageBody() }
        return request
    }
}

/// Starts the workers of one pool.
struct WorkerStarter: Sendable {
    private let method: StartMethod
    private let server: ForkServerClient?

    /// Under `.fork` the pool gets a fork server of its own that is a copy of this process as it is now: when a
    /// worker has to be replaced later, this process has more threads than a fork could do with.
    init(_ method: StartMethod, _ safety: ForkSafety) throws(StartFailure) {
        self.method = method
        guard method == .fork else {
            server = nil
            return
        }
        try WorkerStart.checkThreads(safety)
        do { server = try ForkServerClient.forked() } catch { throw .system(error) }
    }

    func start() throws(StartFailure) -> WorkerLink {
        if let server { return try WorkerStart.fromServer(server) }
        return try WorkerStart.start(method, .requireSingleThread)
    }
}
