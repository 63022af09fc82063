// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A child process that does one piece of work and ends.
///
/// For many pieces of work use a pool, whose processes live longer than one. Under `.forkServer` the kernel's parent of
/// the process is the server, not this process; everything here works all the same.
///
/// The child lives no longer than its `ChildProcess`: when the last reference goes, a child that still runs is killed.
/// It also ends when this process does, however that happens. What it writes through a pipe (`WorkerSettings.output`) is
/// taken from there while somebody waits for it; a child that nobody waits for stops when the pipe is full.
///
///     let child = try ChildProcess.start(Square(number: 12), by: .spawn)
///     switch await child.outcome {
///     case .success(let square): print(square)
///     case .failure(.died(let report)): print(report)
///     case .failure(let failure): print(failure)
///     }
public final class ChildProcess<Output: Sendable>: Sendable {
    private let storage: ChildProcessStorage
    private let decode: @Sendable (WorkReply) -> Result<Output, WorkFailure>

    private init(storage: ChildProcessStorage, decode: @escaping @Sendable (WorkReply) -> Result<Output, WorkFailure>) {
        self.storage = storage
        self.decode = decode
    }

    /// Starts a child and hands it the work. Does not wait for either; under `.forkServer` and `.fork` it takes a
    /// fraction of a millisecond, under `.spawn` (and for the first child of the fork server) a few.
    ///
    /// - Parameters:
    ///   - work: What the child does. Its type must be found by its name: public or internal.
    ///   - method: How the child begins.
    ///   - safety: Only for `.fork`: what to do when this process has more than one thread.
    ///   - settings: The surroundings that the child is given.
    ///   - companions: What travels beside the work, and what is done with notices. Notices are handled while somebody
    ///     waits for the child.
    /// - Throws: `WorkFailure.cannotTravel` or `.notEncoded` before anything is started, `.notStarted` when
    ///   the system refused.
    public static func start<W: Work>(
        _ work: W, by method: StartMethod = .default, safety: ForkSafety = .requireSingleThread,
        settings: WorkerSettings = WorkerSettings(), companions: WorkCompanions = WorkCompanions()
    ) throws(WorkFailure) -> ChildProcess where W.Output == Output {
        var request: MessageBody
        let type = WorkType<W>.known
        do { request = try type.request(work, carrying: companions.captured()) } catch { throw WorkFailure(error) }
        request.bytes += Frame.empty(.stop).bytes
        let link: WorkerLink
        do {
            link = try WorkerStart.start(
                method, safety, settings: settings, saying: request, mangledName: type.mangledName)
        } catch {
            throw .notStarted(error)
        }
        let storage = ChildProcessStorage(
            link: link, work: WorkName.later(of: work, in: request), ofType: W.self, companions: companions)
        return ChildProcess(storage: storage) { reply in
            Result { () throws(WorkFailure) in try reply.output(by: type.outputCoding) }
        }
    }

    /// The child's process number.
    public var processIdentifier: Int32 { storage.link.processIdentifier }

    deinit { storage.abandon() }

    /// The work's output, or why there is none. Waits for it without holding a thread; may be asked any number of
    /// times, and gives the same answer each time.
    ///
    /// It is known as soon as the output has arrived; the process is then about to end by itself, which `exitStatus`
    /// waits for.
    ///
    /// Cancelling the task that waits does not end the child: call `terminate()` or `kill()`.
    public var outcome: Result<Output, WorkFailure> {
        get async { result(of: await storage.answer()) }
    }

    /// How the process ended. Waits until it has. A child whose work is done exits with code 0, whatever the
    /// work's outcome.
    public var exitStatus: ExitStatus {
        get async { ExitStatus(await storage.end().record) }
    }

    /// The work's output, or why there is none; holds the calling thread until it is known.
    ///
    /// For programs without Swift concurrency, in particular before a further `.fork`: unlike `outcome` it starts no
    /// thread.
    @available(*, noasync, message: "it holds the thread; await `outcome` instead")
    public func wait() -> Result<Output, WorkFailure> { result(of: storage.waitForAnswer()) }

    /// How the process ended; holds the calling thread until it has. Starts no thread either.
    @available(*, noasync, message: "it holds the thread; await `exitStatus` instead")
    public func waitUntilExit() -> ExitStatus { ExitStatus(storage.waitForEnd().record) }

    /// Asks the child to end (SIGTERM): it does at once unless its work handles the signal.
    public func terminate() { storage.link.signal(Signal.terminate) }

    /// Ends the child (SIGKILL).
    public func kill() { storage.link.signal(Signal.kill) }

    private func result(of answer: ChildProcessStorage.Answer) -> Result<Output, WorkFailure> {
        switch answer {
        case .reply(let reply): return decode(reply)
        case .end(let end):
            let report = CrashReport(
                work: storage.work, ran: end.ran, processIdentifier: processIdentifier, record: end.record,
                lastWords: end.lastWords)
            return .failure(.died(report))
        }
    }
}

/// Ready when the process has ended: then `exitStatus` does not wait.
extension ChildProcess: Waitable {}

extension ChildProcess: WaitSource {
    var isReady: Bool { storage.hasEnded }

    var waitHandle: DescriptorHandle? { nil }

    func watch(_ callback: @escaping @Sendable () -> Void) -> WaitTicket { storage.watchEnd(callback) }
}
