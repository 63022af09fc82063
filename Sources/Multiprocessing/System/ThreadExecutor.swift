// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Runs Swift tasks on one thread: whoever calls `run` lends its thread until the operation has ended.
///
/// The code of the operation, its child tasks and the default actors it calls all stay on that thread, so blocking in
/// them never takes a thread of the cooperative pool. What it does not do: timers, which are the runtime's.
final class ThreadExecutor: TaskExecutor {
    private enum Job: Sendable {
        case own(UnownedJob)
        case mainActor(UnownedJob)
    }

    /// The main actor, on this executor's thread: for a worker process, where nobody else would run its jobs.
    final class MainExecutor: SerialExecutor {
        private let executor: ThreadExecutor

        init(on executor: ThreadExecutor) { self.executor = executor }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            executor.queue.update(waking: .one) { $0.jobs.append(.mainActor(job)) }
        }
    }

    private struct Queue: Sendable {
        var jobs: [Job] = []
        var next = 0
        var operationHasEnded = false

        /// The next job, nil to stop; no answer at all to wait.
        mutating func take() -> Job?? {
            if next < jobs.count {
                defer { next += 1 }
                return .some(jobs[next])
            }
            jobs.removeAll(keepingCapacity: true)
            next = 0
            guard operationHasEnded else { return nil }
            operationHasEnded = false
            return .some(nil)
        }
    }

    private let queue = Monitor(Queue())

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.update(waking: .one) { $0.jobs.append(.own(job)) }
    }

    /// Whether something waits for its turn.
    var hasJobs: Bool { queue.update { $0.next < $0.jobs.count } }

    /// Runs the operation to its end on the calling thread. One call at a time.
    /// - Parameter started: Is given the operation's task before it begins.
    func run<Result: Sendable>(
        _ operation: @escaping @Sendable () async -> Result, started: ((Task<Void, Never>) -> Void)? = nil
    ) -> Result {
        let box = ResultBox<Result>()
        let task = Task(executorPreference: self) { [queue] in
            box.set(await operation())
            queue.update(waking: .one) { $0.operationHasEnded = true }
        }
        started?(task)
        while let job = queue.wait(for: { $0.take() }) {
            switch job {
            case .own(let job): unsafe job.runSynchronously(on: asUnownedTaskExecutor())  // self outlives the call
            case .mainActor(let job): unsafe job.runSynchronously(on: MainActor.sharedUnownedExecutor)  // a global
            }
        }
        return box.take()
    }

    /// Not a `Mutex`: a fork server rehearses this, and a thread that is going to be copied must never have used one.
    private final class ResultBox<Result: Sendable>: Sendable {
        private let value = Monitor<Result?>(nil)

        func set(_ result: Result) { value.update { $0 = result } }

        func take() -> Result {
            guard let result = value.update({ $0 }) else {
                preconditionFailure("the operation ended without a result")
            }
            return result
        }
    }
}
