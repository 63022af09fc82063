// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Every piece of work of an asynchronous input with its output or failure, in the order of completion; made by
/// `WorkerPool.outcomes(of:lookAhead:options:)`.
///
/// The input is taken by a task of its own, as far ahead as the look-ahead allows, and outcomes come while more input is
/// awaited. An error of the input ends the sequence after the outcomes of what came before it.
public struct AsyncWorkOutcomes<Works: AsyncSequence & Sendable>: AsyncSequence, Sendable where Works.Element: Work {
    public typealias Element = WorkOutcome<Works.Element>
    public typealias Failure = any Error

    let pool: any SubmittingPool
    let works: Works
    let lookAhead: Int
    let options: WorkOptions

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(feed: WorkFeed(pool, lookAhead: lookAhead, options), works: works)
    }

    /// Takes outcomes while the input is submitted beside it.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let feed: WorkFeed<Works.Element>
        private let pump: Pump

        /// The task that takes the input; ends with its iterator.
        private final class Pump: Sendable {
            let task: Task<Void, Never>
            init(_ task: Task<Void, Never>) { self.task = task }
            deinit { task.cancel() }
        }

        init(feed: WorkFeed<Works.Element>, works: Works) {
            self.feed = feed
            pump = Pump(
                Task {
                    do {
                        for try await work in works { try await feed.submit(work) }
                        feed.endInput(nil)
                    } catch {
                        feed.endInput(error)
                    }
                })
        }

        /// The next outcome, or nil when all work has ended; throws what the input has thrown.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Element? {
            try await withTaskCancellationHandler {
                try await feed.next()
            } onCancel: { [feed, pump] in
                pump.task.cancel()
                feed.takeBack()
            }
        }
    }
}

/// What stands between the task that takes an asynchronous input and the one that takes the outcomes.
final class WorkFeed<W: Work>: Sendable {
    private struct State: Sendable {
        var underway: [Int: W] = [:]
        var next = 0
        var isEnded = false
        var error: (any Error)?
        var batch: [WorkArrival] = []
        var submitter: CheckedContinuation<Void, Never>?
    }

    private let state = Monitor(State())
    private let iteration: WorkIteration
    private let lookAhead: Int
    private let options: WorkOptions

    init(_ pool: any SubmittingPool, lookAhead: Int, _ options: WorkOptions) {
        iteration = WorkIteration(pool)
        self.lookAhead = lookAhead
        self.options = options
    }

    /// Submits a work when there is room for it.
    func submit(_ work: W) async throws {
        await withCheckedContinuation { continuation in
            let hasRoom = state.update { state in
                if state.underway.count >= lookAhead { state.submitter = continuation }
                return state.underway.count < lookAhead
            }
            if hasRoom { continuation.resume() }
        }
        try Task.checkCancellation()
        let index = state.update { state in
            defer { state.next += 1 }
            state.underway[state.next] = work
            return state.next
        }
        if iteration.pool.runsInCaller { return await run(work, index) }
        _ = iteration.pool.submit([work], from: index, options, to: iteration.inbox)
    }

    private func run(_ work: W, _ index: Int) async {
        do throws(WorkFailure) {
            let output = try await iteration.pool.run(work, options: options)
            iteration.inbox.add([WorkArrival(index: index, outcome: .value(output))])
        } catch {
            iteration.inbox.add([WorkArrival(index: index, outcome: .failure(error))])
        }
    }

    func endInput(_ error: (any Error)?) {
        state.update { state in
            state.isEnded = true
            state.error = error
        }
        // Wakes who waits for an outcome: there may be none any more.
        iteration.inbox.add([WorkArrival(index: -1, outcome: .nothing)])
    }

    func takeBack() {
        iteration.pool.takeBack(iteration.inbox, alsoRunning: true)
        release()
    }

    /// Lets the submitting task go on.
    private func release() {
        state.update { state in
            defer { state.submitter = nil }
            return state.submitter
        }?.resume()
    }

    func next() async throws -> WorkOutcome<W>? {
        while true {
            if let outcome = takeArrived() {
                release()
                return outcome
            }
            let isOver = state.update { $0.isEnded && $0.underway.isEmpty }
            if isOver, iteration.inbox.isEmpty { return try end() }
            await iteration.inbox.arrival()
            let arrived = iteration.inbox.take()
            state.update { $0.batch = arrived.filter { $0.index >= 0 }.reversed() }
        }
    }

    private func takeArrived() -> WorkOutcome<W>? {
        let found = state.update { state -> (WorkArrival, W)? in
            guard let arrival = state.batch.popLast() else { return nil }
            return state.underway.removeValue(forKey: arrival.index).map { (arrival, $0) }
        }
        guard let (arrival, work) = found else { return nil }
        return WorkOutcome(index: arrival.index, work: work, result: arrival.result(of: WorkType<W>.known))
    }

    private func end() throws -> WorkOutcome<W>? {
        let error = state.update { state in
            defer { state.error = nil }
            return state.error
        }
        if let error, !(error is CancellationError) { throw error }
        return nil
    }
}

extension WorkerPool {
    /// Every piece of work of an asynchronous input with its output or its failure, in the order of completion.
    ///
    /// - Parameters:
    ///   - works: Pieces of work of one type, as they come.
    ///   - lookAhead: How many are submitted and not finished at any time; two for each worker if not given.
    ///   - options: How each is to be treated.
    public func outcomes<Works: AsyncSequence & Sendable>(
        of works: Works, lookAhead: Int? = nil, options: WorkOptions = WorkOptions()
    ) -> AsyncWorkOutcomes<Works> where Works.Element: Work {
        precondition(lookAhead ?? 1 > 0, "a look-ahead of at least one piece of work is needed to do any")
        return AsyncWorkOutcomes(
            pool: submitting, works: works, lookAhead: lookAhead ?? 2 * workerCount, options: options)
    }

    /// Does all of an asynchronous input and returns the outputs in its order.
    ///
    /// Throws the first failure that happens, or what the input throws, and takes back what has not begun.
    ///
    /// - Parameters:
    ///   - works: Pieces of work of one type, as they come.
    ///   - lookAhead: How many are submitted and not finished at any time; two for each worker if not given.
    ///   - options: How each is to be treated.
    public func map<Works: AsyncSequence & Sendable>(
        _ works: Works, lookAhead: Int? = nil, options: WorkOptions = WorkOptions()
    ) async throws -> [Works.Element.Output] where Works.Element: Work {
        var outputs: [Works.Element.Output?] = []
        for try await outcome in outcomes(of: works, lookAhead: lookAhead, options: options) {
            while outputs.count <= outcome.index { outputs.append(nil) }
            outputs[outcome.index] = try outcome.result.get()
        }
        return outputs.compactMap(\.self)
    }
}
