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
    ///   - name: What the threads are called in `ps -L`, debuggers and profiles, with the number of each behind it; cut at
    ///     a whole character so that both fit into the 15 bytes that the system keeps.
    ///   - companions: What travels beside each piece of work: a task's own values do not reach a thread by themselves.
    /// - Throws: `StartFailure.system` when the system has no thread left; then none is.
    public init(
        workers: Int = Machine.current.usableProcessors, named name: String = "mp.pool",
        companions: WorkCompanions = WorkCompanions()
    ) throws(StartFailure) {
        precondition(workers > 0, "a pool needs at least one worker, not \(workers)")
        storage = ThreadPoolStorage()
        self.companions = companions
        do {
            for index in 1...workers {
                try storage.startThread(named: Self.threadName(index, name))
            }
        } catch {
            storage.close(.abandoning)
            throw .system(error)
        }
        workerCount = workers
    }

    private static func threadName(_ index: Int, _ name: String) -> String {
        let number = " \(index)"
        return OwnSurroundings.shortened(name, to: 15 - number.utf8.count) + number
    }

    deinit { storage.close(.abandoning) }

    /// How many threads there are.
    public let workerCount: Int

    /// Work of this pool that gives the pool more work does that itself: if it waited for a thread, all threads could come to
    /// wait for one another.
    @usableFromInline var runsInCaller: Bool { ThreadPoolStorage.current === storage }

    /// Does the work on one of the threads, as soon as one is free; within work of this very pool, on the thread that
    /// asks.
    nonisolated(nonsending) public func run<W: Work>(_ work: W, options: WorkOptions) async throws(WorkFailure)
        -> W.Output
    {
        if runsInCaller { return try await Self.completion(of: work, options).output() }
        return try await submitAndWait(work, options)
    }

    /// Ends the threads. Under `.abandoning` running work is waited for all the same: a thread cannot be killed.
    public func shutDown(_ mode: ShutDownMode) async {
        storage.close(mode)
        await storage.end()
    }

    @usableFromInline func submit<W: Work>(_ works: [W], from first: Int, _ options: WorkOptions, to inbox: WorkInbox)
        -> [Int]
    {
        let words = companions.captured()
        for (place, work) in works.enumerated() {
            let index = first + place
            storage.submit(options.priority, for: inbox) { start in
                let outcome: WorkArrival.Outcome =
                    switch start {
                    case .run(let executor, let started):
                        executor.run({ await Self.completion(of: work, options, words).outcome }, started: started)
                    case .giveUp(let failure): .failure(failure)
                    }
                return { wasTakenBack in
                    inbox.add([WorkArrival(index: index, outcome: wasTakenBack ? .failure(.cancelled) : outcome)])
                }
            }
        }
        return [Int](repeating: 0, count: works.count)
    }

    @usableFromInline func takeBack(_ inbox: WorkInbox, alsoRunning: Bool) {
        storage.takeBack(ObjectIdentifier(inbox), alsoRunning: alsoRunning)
    }

    private static func completion<W: Work>(
        of work: W, _ options: WorkOptions, _ words: [CarriedWords]
    ) async -> OwnCompletion<W> {
        if words.isEmpty { return await completion(of: work, options) }
        return await CarriedWords.restore(words[...], for: W.self) { await completion(of: work, options) }
    }

    private static func completion<W: Work>(of work: W, _ options: WorkOptions) async -> OwnCompletion<W> {
        if let limit = options.timeLimit { return await TimedRun(limit).run(work) }
        return await OwnCompletion(of: work)
    }
}
