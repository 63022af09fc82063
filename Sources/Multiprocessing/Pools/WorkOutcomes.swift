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
/// `WorkerPool.outcomes(of:lookAhead:)`.
public struct WorkOutcomes<Works: Sequence>: AsyncSequence where Works.Element: Work {
    public typealias Element = WorkOutcome<Works.Element>
    public typealias Failure = Never

    let pool: any SubmittingPool
    let works: Works
    let lookAhead: Int

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pool: pool, works: works.makeIterator(), lookAhead: lookAhead)
    }

    /// Submits work while it is asked for results.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let pool: any SubmittingPool
        private var works: Works.Iterator
        private let lookAhead: Int
        private var count = 0
        private let arrivals = Arrivals<Works.Element>()

        init(pool: any SubmittingPool, works: Works.Iterator, lookAhead: Int) {
            self.pool = pool
            self.works = works
            self.lookAhead = lookAhead
        }

        /// The next outcome, or nil when all work has ended.
        ///
        /// In a task that is cancelled no further work is begun: what waits ends as `.cancelled`, and the input is not
        /// taken any further.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> Element? {
            if pool.runsInCaller { return await runNext() }
            while arrivals.underway < lookAhead, !Task.isCancelled, let work = works.next() { submit(work) }
            return await withTaskCancellationHandler {
                await arrivals.next()
            } onCancel: { [arrivals] in
                arrivals.cancelAll()
            }
        }

        private mutating func submit(_ work: Works.Element) {
            let index = count
            count += 1
            arrivals.expect(index)
            let ticket = pool.submit(work) { [arrivals] completion in
                arrivals.add(index, work, completion)
            }
            arrivals.hold(ticket, for: index)
        }

        nonisolated(nonsending) private mutating func runNext() async -> Element? {
            guard !Task.isCancelled, let work = works.next() else { return nil }
            defer { count += 1 }
            do {
                return WorkOutcome(index: count, work: work, result: .success(try await pool.run(work)))
            } catch {
                return WorkOutcome(index: count, work: work, result: .failure(error))
            }
        }
    }
}

/// The outputs in the order of completion; made by `WorkerPool.results(of:lookAhead:)`.
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

/// The outcomes that have arrived, and the tickets of those that have not. Dropping it takes the rest back.
private final class Arrivals<W: Work>: Sendable {
    private struct State {
        var arrived: [(index: Int, work: W, completion: Completion<W>)] = []
        var tickets: [Int: WorkTicket] = [:]
        var expected: Set<Int> = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Submitted and not yet handed out.
    var underway: Int { state.withLock { $0.expected.count + $0.arrived.count } }

    func expect(_ index: Int) { state.withLock { _ = $0.expected.insert(index) } }

    func hold(_ ticket: WorkTicket, for index: Int) {
        // It may have arrived already.
        state.withLock { if $0.expected.contains(index) { $0.tickets[index] = ticket } }
    }

    func add(_ index: Int, _ work: W, _ completion: Completion<W>) {
        let waiter = state.withLock { state in
            state.arrived.append((index, work, completion))
            state.expected.remove(index)
            state.tickets[index] = nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    func next() async -> WorkOutcome<W>? {
        while true {
            let (first, isOver) = state.withLock { state in
                (state.arrived.isEmpty ? nil : state.arrived.removeFirst(), state.expected.isEmpty)
            }
            if let first {
                // Decoded here, in the asking task.
                return WorkOutcome(index: first.index, work: first.work, result: first.completion.result)
            }
            if isOver { return nil }
            await arrival()
        }
    }

    private func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived.isEmpty { state.waiter = continuation }
                return !state.arrived.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }

    func cancelAll() {
        // Outside the lock: a ticket calls back.
        for ticket in state.withLock({ Array($0.tickets.values) }) { ticket.cancel() }
    }

    deinit { cancelAll() }
}
