// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPool {
    /// How a pool of processes is made, and what its workers may do.
    ///
    ///     var configuration = ProcessPool.Configuration(workers: 4)
    ///     configuration.timeLimit = .seconds(10)
    ///     configuration.maximumWorkPerWorker = 1_000
    ///     let pool = try ProcessPool(configuration)
    public struct Configuration: Sendable {
        /// How many processes work at the same time, at least one.
        public var workers: Int

        /// How they begin.
        public var startMethod: StartMethod

        /// Only for `.fork`: what to do when this process has more than one thread.
        public var forkSafety = ForkSafety.requireSingleThread

        /// The surroundings that each worker is given.
        public var settings = WorkerSettings()

        /// How often workers are started again, and how soon.
        public var restartPolicy = RestartPolicy()

        /// How long a piece of work may run unless its own options say otherwise; nil: as long as it takes.
        public var timeLimit: Duration?

        /// How long work that was cancelled, or has run too long, may take to end by itself before its worker is killed with
        /// everything that it has started.
        public var grace = Duration.seconds(1)

        /// How often a work that is idempotent is handed to a worker before it is given up as `WorkFailure.quarantined`.
        public var maximumAttempts = 3

        /// How many pieces of work a worker does before another takes its place; nil: any number. Against memory that
        /// leaks or falls to pieces. At least one.
        public var maximumWorkPerWorker: Int?

        /// How many bytes of memory (resident, that of its children not included) a worker may have after a piece of work;
        /// one that has more ends, and another takes its place. Looked up after each piece of work, which takes some
        /// 10 µs. It never interrupts: for a hard limit see `WorkerSettings`.
        public var memoryLimit: Int?

        /// How long a worker may have nothing to do before it ends; nil: as long as the pool lives. When there is work for
        /// more workers than there are, more are started.
        public var idleTimeout: Duration?

        /// How many workers stay when they have nothing to do, with an idle timeout.
        public var minimumWorkers = 0

        /// What each worker does before its first work: open a connection, load a model. Its output is dropped. When it
        /// throws, the pool fails for good: all its work ends as `WorkFailure.initializerFailed`.
        public var initializer: (any Work)?

        /// What each worker does after its last work, when it ends in good order: not when it is killed. Its output is
        /// dropped, its error goes to the worker's standard error.
        public var finalizer: (any Work)?

        /// Is told what happens in the pool.
        public var observer: (any PoolObserver)?

        /// What travels beside each piece of work, and what is done with notices from the workers.
        public var companions = WorkCompanions()

        /// The usual pool.
        ///
        /// - Parameters:
        ///   - workers: As many as this process may use processors if not given.
        ///   - startMethod: The best that this machine can do if not given: see `StartMethod.default`.
        public init(workers: Int = Machine.current.usableProcessors, by startMethod: StartMethod = .default) {
            self.workers = workers
            self.startMethod = startMethod
        }

        var rules: ProcessPoolStateMachine.Rules {
            ProcessPoolStateMachine.Rules(
                workers: workers, restarts: restartPolicy, grace: grace.wholeNanoseconds,
                mostAttempts: max(1, maximumAttempts), mostWorkPerWorker: maximumWorkPerWorker,
                idleTime: idleTimeout?.wholeNanoseconds, fewestWorkers: min(minimumWorkers, workers),
                hasInitializer: initializer != nil)
        }
    }
}
