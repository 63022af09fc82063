// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One piece of work and how it ended.
public struct WorkOutcome<W: Work>: Sendable {
    /// The place of the work in the input, from 0.
    public let index: Int

    /// The work, for example to submit it again.
    public let work: W

    /// Its output, or why there is none.
    public let result: Result<W.Output, WorkFailure>

    @inlinable init(index: Int, work: W, result: Result<W.Output, WorkFailure>) {
        self.index = index
        self.work = work
        self.result = result
    }
}

/// Every piece of work with its output or failure, in the order of completion; made by
/// `WorkerPool.outcomes(of:lookAhead:options:)`.
public struct WorkOutcomes<Works: Sequence>: AsyncSequence where Works.Element: Work {
    public typealias Element = WorkOutcome<Works.Element>
    public typealias Failure = Never

    @usableFromInline let pool: any SubmittingPool
    @usableFromInline let works: Works
    @usableFromInline let lookAhead: Int?
    @usableFromInline let options: WorkOptions

    @inlinable public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            works: works.makeIterator(), flow: WorkFlow(pool: pool, lookAhead: lookAhead, options: options))
    }

    /// Submits work while it is asked for results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline var works: Works.Iterator
        @usableFromInline var flow: WorkFlow<Works.Element>
        @usableFromInline var isAtEnd = false

        @inlinable init(works: Works.Iterator, flow: WorkFlow<Works.Element>) {
            self.works = works
            self.flow = flow
        }

        /// The next outcome, or nil when all work has ended.
        ///
        /// In a task that is cancelled no further work is begun: what waits ends as `.cancelled`, what runs is called away,
        /// and the input is not taken any further.
        @inlinable public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            if flow.pool.runsInCaller { return await runNext() }
            while true {
                if let outcome = flow.takeArrived() { return outcome }
                if await !arrivesMore() { return nil }
            }
        }

        /// Whether there is a new batch; false at the end of all.
        @inlinable nonisolated(nonsending) mutating func arrivesMore() async -> Bool {
            while true {
                refill()
                if flow.takeBatch() { return true }
                if flow.isOver { return false }
                await flow.arrival()
            }
        }

        /// Puts the outputs of all into their places.
        @inlinable nonisolated(nonsending) mutating func collect(
            into outputs: inout [Works.Element.Output?]
        ) async throws(WorkFailure) {
            repeat { while try flow.takeOutput(into: &outputs) {} } while await arrivesMore()
        }

        @inlinable mutating func refill() {
            guard flow.wantsMore else { return }
            while !isAtEnd, !Task.isCancelled, flow.room > 0 {
                var batch: [Works.Element] = []
                let room = flow.room
                while batch.count < room, let work = works.next() { batch.append(work) }
                isAtEnd = batch.count < room
                flow.submit(batch)
            }
        }

        @inlinable nonisolated(nonsending) mutating func runNext() async -> Element? {
            guard !Task.isCancelled, let work = works.next() else { return nil }
            return await flow.run(work)
        }
    }
}

/// The outputs in the order of completion; made by `WorkerPool.results(of:lookAhead:options:)`.
public struct WorkResults<Works: Sequence>: AsyncSequence where Works.Element: Work {
    public typealias Element = Works.Element.Output
    public typealias Failure = WorkFailure

    @usableFromInline let outcomes: WorkOutcomes<Works>

    @inlinable init(outcomes: WorkOutcomes<Works>) { self.outcomes = outcomes }

    @inlinable public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(outcomes: outcomes.makeAsyncIterator())
    }

    /// Unwraps the outcomes.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline var outcomes: WorkOutcomes<Works>.AsyncIterator?

        @inlinable init(outcomes: WorkOutcomes<Works>.AsyncIterator) { self.outcomes = outcomes }

        /// The next output, or nil when all work has ended; throws the first failure, and is at its end afterwards.
        @inlinable public mutating func next(isolation actor: isolated (any Actor)?) async throws(WorkFailure)
            -> Element?
        {
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
