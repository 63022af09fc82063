// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Multiprocessing

/// Who does the works of a run: the workers of a pool, or tasks of Swift's own concurrency.
enum Crew: Sendable {
    case pool(any WorkerPool)
    /// At most so many at a time, on the threads of the cooperative pool; no thread of ours.
    case tasks(Int)

    /// Starts the workers. For processes by fork this process must have one thread, or be told to ignore the others.
    init(_ model: CountingModel, workers: Int, safety: ForkSafety = .requireSingleThread) throws(StartFailure) {
        self =
            switch model.model {
            case .sequential: .pool(InlinePool())
            case .tasks: .tasks(workers)
            case .threads: .pool(try ThreadPool(workers: workers))
            case .processes:
                .pool(try ProcessPool(workers: workers, by: model.startMethod ?? .forkServer, safety: safety))
            }
    }

    /// Hands over each work with its outcome, in the order of completion. The works are taken as they are needed.
    func forEachOutcome(
        of works: some Sequence<CountBatch>,
        _ body: (CountBatch, Result<BatchCounts, WorkFailure>) -> Void
    ) async {
        switch self {
        case .pool(let pool):
            for await outcome in pool.outcomes(of: works) { body(outcome.work, outcome.result) }
        case .tasks(let count): await Self.forEachOutcome(of: works, byTasks: count, body)
        }
    }

    private static func forEachOutcome(
        of works: some Sequence<CountBatch>, byTasks count: Int,
        _ body: (CountBatch, Result<BatchCounts, WorkFailure>) -> Void
    ) async {
        let pool = InlinePool()
        await withTaskGroup(of: (CountBatch, Result<BatchCounts, WorkFailure>).self) { group in
            // A task may go on on another thread after each wait: it has a place instead of a thread.
            var freePlaces = Array((0..<count).reversed())
            var rest = works.makeIterator()
            while true {
                while let place = freePlaces.last, var work = rest.next() {
                    freePlaces.removeLast()
                    work.place = place
                    group.addTask(executorPreference: executor(for: work)) { [work] in
                        do throws(WorkFailure) {
                            return (work, .success(try await pool.run(work)))
                        } catch {
                            return (work, .failure(error))
                        }
                    }
                }
                guard let (work, result) = await group.next() else { return }
                if let place = work.place { freePlaces.append(place) }
                body(work, result)
            }
        }
    }

    /// Not the executor of whoever asks, which in a worker process is one thread. A table of all is waited for, and updated by
    /// several threads at once, neither of which is for an event loop.
    private static func executor(for work: CountBatch) -> any TaskExecutor {
        guard work.table == nil, work.items.files == nil, work.items.sources.allSatisfy({ $0.source.isWeb }) else {
            return globalConcurrentExecutor
        }
        let reader = DocumentReaders.reader(for: work.task.limits)
        return reader.webExecutor(forReader: work.place.map { $0 * work.window }) ?? globalConcurrentExecutor
    }

    func shutDown() async {
        if case .pool(let pool) = self { await pool.shutDown() }
    }
}
