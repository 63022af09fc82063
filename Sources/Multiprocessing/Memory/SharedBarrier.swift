// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A place where a fixed number of threads, tasks and processes wait for one another, round after round.
///
/// It travels as a field of a work or of a message, and every receiver has the same barrier. Everything that
/// the parties wrote before they came is seen by all when they go on.
///
///     let step = try SharedBarrier(parties: 4)
///     for _ in 0..<1_000 {
///         compute()
///         let index = try step.wait()         // 0..<4, another number for each party
///         if index == 0 { … }
///     }
///
/// **It breaks** when it cannot be passed any more: a party's wait times out or is cancelled, an action throws, somebody
/// calls ``abort()``, or a process dies that has waited at it and still had a handle on it (in this round or in an
/// earlier one; those who wait notice within 5 to 100 ms). Then all who wait, and all who come, get `.broken`, until
/// somebody calls ``reset()``. Who lets go of its last handle has left and breaks nothing. A process that
/// dies having arrived last or while the last are arriving may be noticed in the next round only.
///
/// **The action** of a round, if any, is run by the last to arrive before the others are let go. A closure cannot travel, so it
/// is not the barrier's but each wait's: the one that the last to arrive has passed is run, and none if it has passed
/// none. All parties should therefore pass the same. While it runs, nothing is locked: a timeout of another party
/// breaks the barrier then, too.
///
/// Up to 248 processes. All must live in one namespace of process numbers.
public struct SharedBarrier: Sendable {
    let core: BarrierCore

    /// Makes one, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Parameters:
    ///   - parties: How many wait for one another, 1 to 65,535.
    ///   - timeout: How long a party waits at most that does not say so itself; nil: for ever.
    /// - Throws: `.invalidCount` for another number of parties; `.system`.
    public init(parties: Int, timeout: Duration? = nil) throws(SharedMemoryError) {
        guard parties > 0, parties <= BarrierCore.mostParties else { throw .invalidCount(parties, of: "parties") }
        core = try BarrierCore(parties: parties, timeout: timeout)
    }

    /// How many wait for one another.
    public var parties: Int { core.parties }

    /// How many wait at this moment; 0 when it is broken.
    public var waitingCount: Int { core.waitingCount }

    /// Whether it is broken at this moment.
    public var isBroken: Bool { core.phase.state == .broken }

    /// Breaks it: all who wait get `.broken`, and all who come.
    public func abort() { core.abort() }

    /// Begins anew with nobody waiting; all who wait get `.broken`, and who comes later does not.
    ///
    /// Processes that have died are no parties any more.
    public func reset() { core.reset() }

    /// Waits on the calling thread until all parties are there.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: as the barrier was made.
    /// - Returns: The place in the order of arrival, from 0; each party of a round has another.
    /// - Throws: `.broken`; `.timedOut`: then the barrier is broken for the others.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func wait(timeout: Duration? = nil) throws(SharedBarrierError<Never>) -> Int {
        try wait(timeout, hasAction: false) {}
    }

    /// The same; runs the action before the others are let go if the caller is the last to arrive.
    ///
    /// - Throws: `.broken`; `.timedOut` or `.action` with what the action threw: then the barrier is broken for the others.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func wait<ActionError: Error>(
        timeout: Duration? = nil, action: () throws(ActionError) -> Void
    ) throws(SharedBarrierError<ActionError>) -> Int {
        try wait(timeout, hasAction: true, action)
    }

    /// Waits without holding a thread until all parties are there.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: as the barrier was made.
    /// - Returns: The place in the order of arrival, from 0; each party of a round has another.
    /// - Throws: `.broken`; `.timedOut`, or `.cancelled` if the task was cancelled while it waited: then the barrier is
    ///   broken for the others.
    @discardableResult
    nonisolated(nonsending) public func wait(
        timeout: Duration? = nil
    ) async throws(SharedBarrierError<Never>) -> Int {
        try await wait(timeout, hasAction: false) {}
    }

    /// The same; runs the action, which is synchronous, before the others are let go if the caller is the last to arrive.
    ///
    /// - Throws: As the form without, or `.action` with what the action threw: then the barrier is broken for the others.
    @discardableResult
    nonisolated(nonsending) public func wait<ActionError: Error>(
        timeout: Duration? = nil, action: () throws(ActionError) -> Void
    ) async throws(SharedBarrierError<ActionError>) -> Int {
        try await wait(timeout, hasAction: true, action)
    }
}

extension SharedBarrier {
    private func wait<ActionError: Error>(
        _ timeout: Duration?, hasAction: Bool, _ action: () throws(ActionError) -> Void
    ) throws(SharedBarrierError<ActionError>) -> Int {
        var attempt = BarrierCore.Attempt(hasAction: hasAction)
        let outcome = Waiting.block(until: Deadline(after: timeout ?? core.defaultTimeout)) {
            core.look(&attempt, checksLives: $0)
        }
        return try end(attempt, outcome.map { .done($0) } ?? .timedOut, action)
    }

    nonisolated(nonsending) private func wait<ActionError: Error>(
        _ timeout: Duration?, hasAction: Bool, _ action: () throws(ActionError) -> Void
    ) async throws(SharedBarrierError<ActionError>) -> Int {
        var attempt = BarrierCore.Attempt(hasAction: hasAction)
        let waited = await Waiting.suspend(
            until: Deadline(after: timeout ?? core.defaultTimeout), keeping: core.table.object
        ) { core.look(&attempt, checksLives: $0) }
        return try end(attempt, waited, action)
    }

    private func end<ActionError: Error>(
        _ attempt: BarrierCore.Attempt, _ waited: Waited<BarrierCore.Outcome>,
        _ action: () throws(ActionError) -> Void
    ) throws(SharedBarrierError<ActionError>) -> Int {
        switch waited {
        case .done(.passed(let index)): return index
        case .done(.broken): throw .broken
        case .done(.acts(let arrival)):
            do {
                try action()
            } catch {
                core.breakRound(arrival.round)
                throw .action(error)
            }
            return try end(attempt, .done(core.hasActed(arrival)), action)
        case .timedOut:
            if case .passed(let index) = core.leave(attempt) { return index }
            throw .timedOut
        case .cancelled:
            if case .passed(let index) = core.leave(attempt) { return index }
            throw .cancelled
        }
    }
}

extension SharedBarrier: Codable {
    /// Uses the barrier whose handle was sent.
    public init(from decoder: any Decoder) throws {
        core = try BarrierCore(adopting: try decoder.singleValueContainer().decode(DescriptorHandle.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(core.table.object.descriptor)
    }
}

/// Why a barrier was not passed.
///
/// `ActionError` is what the action throws: `Never` for none, or one that does not throw, so that a `switch` over the
/// other cases is complete.
public enum SharedBarrierError<ActionError: Error>: Error {
    /// The barrier is broken: another party did not come or gave up, or somebody aborted or reset it.
    case broken

    /// The time was over before all were there; the barrier is broken now.
    case timedOut

    /// The waiting task was cancelled, and the barrier is broken now; never from a blocking form.
    case cancelled

    /// The action, which this party ran as the last to arrive, threw; the barrier is broken now.
    case action(ActionError)
}

extension SharedBarrierError: Equatable where ActionError: Equatable {}
extension SharedBarrierError: Hashable where ActionError: Hashable {}

extension SharedBarrierError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .broken:
            "could not pass a shared barrier: another party gave up or died, or somebody broke it; reset it to begin anew"
        case .timedOut: "could not pass a shared barrier in time: not all parties came"
        case .cancelled: "stopped waiting at a shared barrier: the task was cancelled"
        case .action(let error): "\(error)"
        }
    }
}
