// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// One piece of work and how it ended.
public struct WorkOutcome<W: Work>: Sendable {
    /// The place of the work in the input, from 0.
    public let index: Int

    /// The work, for example to submit it again.
    public let work: W

    /// Its output, or why there is none.
    public let result: Result<W.Output, WorkFailure>
}

/// Every piece of work with its output or failure, in the order of completion; made by
/// `WorkerPool.outcomes(of:lookAhead:options:)`.
public struct WorkOutcomes<Works: Sequence>: AsyncSequence where Works.Element: Work {
    public typealias Element = WorkOutcome<Works.Element>
    public typealias Failure = Never

    let pool: any SubmittingPool
    let works: Works
    let lookAhead: Int?
    let options: WorkOptions

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            works: works.makeIterator(), flow: WorkFlow(pool: pool, lookAhead: lookAhead, options: options))
    }

    /// Submits work while it is asked for results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var works: Works.Iterator
        private var flow: WorkFlow<Works.Element>
        private var isAtEnd = false

        init(works: Works.Iterator, flow: WorkFlow<Works.Element>) {
            self.works = works
            self.flow = flow
        }

        /// The next outcome, or nil when all work has ended.
        ///
        /// In a task that is cancelled no further work is begun: what waits ends as `.cancelled`, what runs is called away,
        /// and the input is not taken any further.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            if flow.pool.runsInCaller { return await runNext() }
            while true {
                if let outcome = flow.takeArrived() { return outcome }
                refill()
                if flow.takeBatch() { continue }
                if flow.isOver { return nil }
                await flow.arrival()
            }
        }

        private mutating func refill() {
            guard flow.wantsMore else { return }
            while !isAtEnd, !Task.isCancelled, flow.room > 0 {
                var batch: [Works.Element] = []
                let room = flow.room
                while batch.count < room, let work = works.next() { batch.append(work) }
                isAtEnd = batch.count < room
                flow.submit(batch)
            }
        }

        nonisolated(nonsending) private mutating func runNext() async -> Element? {
            guard !Task.isCancelled, let work = works.next() else { return nil }
            return await flow.run(work)
        }
    }
}

/// The outputs in the order of completion; made by `WorkerPool.results(of:lookAhead:options:)`.
public struct WorkResults<Works: Sequence>: AsyncSequence where Works.Element: Work {
    public typealias Element = Works.Element.Output
    public typealias Failure = WorkFailure

    let outcomes: WorkOutcomes<Works>

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(outcomes: outcomes.makeAsyncIterator()) }

    /// Unwraps the outcomes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var outcomes: WorkOutcomes<Works>.AsyncIterator?

        init(outcomes: WorkOutcomes<Works>.AsyncIterator) { self.outcomes = outcomes }

        /// The next output, or nil when all work has ended; throws the first failure, and is at its end afterwards.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(WorkFailure) -> Element? {
            guard let outcome = await outcomes?.next(isolation: actor) else { return nil }
            do {
                return try outcome.result.get()
            } catch {
                outcomes = nil
                throw error
            }
        }
    }
}
