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
        AsyncIterator(stream: WorkStream(self, keepsWorks: true))
    }

    /// Submits work while it is asked for results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline var stream: WorkStream<Works>

        @inlinable init(stream: WorkStream<Works>) { self.stream = stream }

        /// The next outcome, or nil when all work has ended.
        ///
        /// In a task that is cancelled no further work is begun: what waits ends as `.cancelled`, what runs is called away,
        /// and the input is not taken any further.
        @inlinable public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            if stream.flow.pool.runsInCaller { return await stream.runNext() }
            while true {
                if let outcome = stream.flow.takeOutcome() { return outcome }
                if await !stream.arrivesMore() { return nil }
            }
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
        AsyncIterator(stream: WorkStream(outcomes, keepsWorks: false))
    }

    /// Submits work while it is asked for results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        @usableFromInline var stream: WorkStream<Works>?

        @inlinable init(stream: WorkStream<Works>) { self.stream = stream }

        /// The next output, or nil when all work has ended; throws the first failure, and is at its end afterwards.
        @inlinable public mutating func next(isolation actor: isolated (any Actor)?) async throws(WorkFailure)
            -> Element?
        {
            while true {
                if let (_, result) = stream?.flow.takeResult() { return try take(result) }
                guard let runsInCaller = stream?.flow.pool.runsInCaller else { return nil }
                if runsInCaller {
                    guard let outcome = await stream?.runNext() else { return nil }
                    return try take(outcome.result)
                }
                if await !(stream?.arrivesMore() ?? false) { return nil }
            }
        }

        /// After a failure what is under way is taken back.
        @inlinable mutating func take(_ result: Result<Element, WorkFailure>) throws(WorkFailure) -> Element {
            if case .failure = result { stream = nil }
            return try result.get()
        }
    }
}
