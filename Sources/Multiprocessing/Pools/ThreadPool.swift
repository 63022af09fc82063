// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A pool whose workers are threads of this process, made for work that blocks.
///
/// Each thread runs its work's code by itself, also the asynchronous parts: neither occupies a thread of the
/// cooperative pool. The work travels as the value that it is, without being encoded. Threads do not isolate: a trap in
/// one ends the program, and what cannot be sent to a process may work here by luck; use `ProcessPool` for isolation.
///
/// A pool that is dropped without `shutDown()` abandons what waits and lets its threads end after their current work.
public final class ThreadPool: SubmittingPool {
    private let storage: ThreadPoolStorage
    private let companions: WorkCompanions

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - workers: How many, at least one; as many as this process may use processors if not given.
    ///   - companions: What travels beside each piece of work: a task's own values do not reach a thread by themselves.
    /// - Throws: `StartFailure.system` when the system has no thread left; then none is.
    public init(
        workers: Int = Machine.current.usableProcessors, companions: WorkCompanions = WorkCompanions()
    ) throws(StartFailure) {
        precondition(workers > 0, "a pool needs at least one worker, not \(workers)")
        storage = ThreadPoolStorage()
        self.companions = companions
        do {
            for index in 1...workers {
                try storage.startThread(named: "mp.pool \(index)")
            }
        } catch {
            storage.close(.abandoning)
            throw .system(error)
        }
        workerCount = workers
    }

    deinit { storage.close(.abandoning) }

    /// How many threads there are.
    public let workerCount: Int

    var runsInCaller: Bool { false }

    /// Does the work on one of the threads, as soon as one is free.
    public func run<W: Work>(_ work: W) async throws(WorkFailure) -> W.Output { try await submitAndWait(work) }

    /// Ends the threads. Under `.abandoning` running work is waited for all the same: a thread cannot be killed.
    public func shutDown(_ mode: ShutDownMode) async {
        storage.close(mode)
        await storage.end()
    }

    func submit<W: Work>(_ work: W, _ completion: @escaping @Sendable (Completion<W>) -> Void) -> WorkTicket {
        let words = companions.captured()
        return storage.submit { start in
            switch start {
            case .run(let executor): completion(executor.run { await Self.completion(of: work, words) })
            case .giveUp(let failure): completion(.failure(failure))
            }
        }
    }

    private static func completion<W: Work>(of work: W, _ words: [CarriedWords]) async -> Completion<W> {
        if words.isEmpty { return await completion(of: work) }
        return await CarriedWords.restore(words[...], for: W.self) { await completion(of: work) }
    }

    private static func completion<W: Work>(of work: W) async -> Completion<W> {
        do { return .output(try await work.run()) } catch { return .failure(.threw(WorkError(error))) }
    }
}
