// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A number of permits that threads and processes take and give back: whoever finds none waits.
///
/// It travels as a field of a work or of a message, and every receiver has the same permits. With it, a machine's
/// workers keep to a number of downloads at once, or one tells others that there is something to do.
///
///     let downloads = try SharedSemaphore(permits: 4)
///     try await downloads.withPermit { try await download(url) }
///
/// **When a holder dies**, its permits return: who waits notices within 5 to 100 ms. The library knows per process how
/// many permits it has taken and not given back, whichever of its threads and tasks did so; up to 248 processes can
/// hold permits at a time, and more wait.
///
/// That is wrong where permits are not given back by whom they were taken, as with a semaphore that counts what is
/// ready: a process that has taken signals and dies must not make them come again. Say so:
///
///     let ready = try SharedSemaphore(permits: 0, whenHolderDies: .keep)
///     try ready.release()                     // a producer: there is one more
///     try await ready.acquire()               // a consumer: takes it for good
///
/// **Order**: whoever asks first is not served first, but who has waited for more than 5 ms comes before those who come
/// then (where permits return). All who use it must live in one namespace of process numbers.
/// Within one process, and to wait for one thing that happens once, tasks and `SharedEvent` do better.
public struct SharedSemaphore: Sendable {
    /// What becomes of permits that a process has taken, when it ends without having given them back.
    public enum HolderDeath: Sendable, Hashable {
        /// They return; for permits that whoever takes them gives back.
        case returnPermits

        /// They are gone; for signals. Taking and giving is faster, and any number of processes may.
        case keep
    }

    let core: SemaphoreCore

    /// Makes one, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Parameters:
    ///   - permits: How many are available at first.
    ///   - limit: How many may be available at most, so that one release too many is an error; nil: 2,147,483,647.
    ///   - policy: What becomes of a dead process's permits.
    /// - Throws: `.invalidCount` for a negative number of permits, or more than the limit; `.system`.
    public init(
        permits: Int = 1, limit: Int? = nil, whenHolderDies policy: HolderDeath = .returnPermits
    ) throws(SharedMemoryError) {
        let limit = limit ?? SemaphoreCore.highestLimit
        guard limit > 0, limit <= SemaphoreCore.highestLimit else {
            throw .invalidCount(limit, of: "permits as the limit")
        }
        guard permits >= 0, permits <= limit else { throw .invalidCount(permits, of: "permits (limit \(limit))") }
        core = try SemaphoreCore(permits: permits, limit: limit, returnsPermits: policy == .returnPermits)
    }

    /// How many permits could be taken at this moment; it may be over when the number is read.
    ///
    /// What a dead process held is counted as soon as somebody has noticed, which this does at most every 5 ms.
    public var availablePermits: Int { core.availableNow }

    /// How many permits may be available at most.
    public var limit: Int { core.limit }

    /// Takes a permit, if there is one. Waits for nothing.
    public func tryAcquire() -> Bool { core.tryTake() }

    /// Takes a permit; waits for one on the calling thread.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func acquire(timeout: Duration? = nil) throws(SharedLockError<Never>) {
        if core.tryTake(asLast: true) { return }
        var attempt = SemaphoreCore.Attempt()
        guard
            Waiting.block(until: Deadline(after: timeout), { core.look(&attempt, checksLives: $0) }) != nil
        else {
            core.leave(attempt)
            throw .timedOut
        }
    }

    /// Takes a permit; waits for one without holding a thread.
    ///
    /// - Parameter timeout: For how long to wait at most; nil: for ever.
    /// - Throws: `.timedOut`; `.cancelled` if the task was cancelled while it waited: then it has no permit.
    nonisolated(nonsending) public func acquire(timeout: Duration? = nil) async throws(SharedLockError<Never>) {
        if core.tryTake(asLast: true) { return }
        var attempt = SemaphoreCore.Attempt()
        let waited = await Waiting.suspend(until: Deadline(after: timeout), keeping: core.table.object) {
            core.look(&attempt, checksLives: $0)
        }
        switch waited {
        case .done: return
        case .timedOut:
            core.leave(attempt)
            throw .timedOut
        case .cancelled:
            core.leave(attempt)
            throw .cancelled
        }
    }

    /// Gives permits back, or makes new ones: they need not have been taken by this process, nor at all.
    ///
    /// It waits for nobody who holds permits. What this process holds is given back first, the rest is added.
    /// - Parameter count: How many; at least one.
    /// - Throws: `.limitExceeded` when more than the limit would be available; then nothing has changed.
    public func release(_ count: Int = 1) throws(SharedSemaphoreError) {
        precondition(count > 0, "a release of no permits")
        guard count <= limit, core.give(count) else { throw .limitExceeded(limit: limit) }
    }

    /// Takes a permit, runs the body, and gives the permit back; waits on the calling thread.
    ///
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withPermit<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: () throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        do { try acquire(timeout: timeout) } catch { throw SharedLockError(waiting: error) }
        defer { core.giveBack() }
        do { return try body() } catch { throw .body(error) }
    }

    /// Takes a permit, runs the body, and gives the permit back; waits without holding a thread.
    ///
    /// The permit belongs to the process, so that the body may suspend.
    /// - Throws: `.timedOut`, `.cancelled`, or the body's error as `.body`; never `.ownerDied`.
    nonisolated(nonsending) public func withPermit<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: nonisolated(nonsending) () async throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        do { try await acquire(timeout: timeout) } catch { throw SharedLockError(waiting: error) }
        defer { core.giveBack() }
        do { return try await body() } catch { throw .body(error) }
    }
}

extension SharedSemaphore {
    /// Takes a permit, runs the synchronous body, and gives the permit back; waits without holding a thread.
    ///
    /// - Throws: As the form for bodies that suspend.
    nonisolated(nonsending) public func withPermit<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: () throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        do { try await acquire(timeout: timeout) } catch { throw SharedLockError(waiting: error) }
        defer { core.giveBack() }
        do { return try body() } catch { throw .body(error) }
    }
}

extension SharedLockError {
    /// The same end of a wait, where a body could have failed too.
    init(waiting error: SharedLockError<Never>) {
        switch error {
        case .ownerDied(let thread): self = .ownerDied(thread: thread)
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        }
    }
}

extension SharedSemaphore: Codable {
    /// Uses the semaphore whose handle was sent.
    public init(from decoder: any Decoder) throws {
        core = try SemaphoreCore(adopting: try decoder.singleValueContainer().decode(DescriptorHandle.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(core.table.object.descriptor)
    }
}

/// Why permits could not be given back.
public enum SharedSemaphoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// More permits would have been available than the semaphore may have: one release too many, here or elsewhere.
    case limitExceeded(limit: Int)

    public var description: String {
        switch self {
        case .limitExceeded(let limit):
            "could not release permits: a semaphore with a limit of \(limit) would have had more; release only what was acquired"
        }
    }
}
