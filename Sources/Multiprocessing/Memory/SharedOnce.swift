// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Something that is to be done once, by whichever thread of whichever process comes first; the others wait until it is
/// done.
///
/// If the one who does it dies or throws, it is not done, and the next one does it: what it does must therefore
/// bear to be begun again. It travels as a field of a work or of a message.
///
/// What was done before `run` returns to its first caller is seen by all whose `run` has returned.
///
/// Layout of the payload: the lock (16), whether it is done (4).
public struct SharedOnce: Sendable {
    private static let byteCount = OwnerLock.byteCount + 4
    private let memory: GuardedMemory

    /// Makes one, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init() throws(SharedMemoryError) {
        self.init(try SharedObject(.once, payloadByteCount: Self.byteCount))
    }

    private init(_ object: SharedObject) { memory = GuardedMemory(object, of: UInt32.self) }

    private var done: SharedWord { memory.object.word(at: OwnerLock.byteCount) }

    /// Whether somebody has done it.
    public var isDone: Bool { done.value != 0 }

    /// Does it if nobody has, and waits on the calling thread for whoever is about it.
    ///
    /// A body that calls `run` on the same value would wait for itself, and traps.
    /// - Returns: Whether this call did it.
    /// - Throws: What the body throws; it is not done then.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func run<BodyError: Error>(_ body: () throws(BodyError) -> Void) throws(BodyError) -> Bool {
        do {
            return try run(upTo: nil, body)
        } catch {
            switch error {
            case .body(let error): throw error
            case .ownerDied, .timedOut, .cancelled: preconditionFailure("a wait for ever ended: \(error)")
            }
        }
    }

    /// The same, waiting for at most some time. The time does not interrupt the body.
    /// - Throws: `.timedOut`, or the body's error as `.body`; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func run<BodyError: Error>(
        timeout: Duration, _ body: () throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        try run(upTo: timeout, body)
    }

    /// The same without holding a thread while it waits; the body is synchronous and runs where the caller is isolated.
    /// - Throws: `.timedOut`, `.cancelled`, or the body's error as `.body`; never `.ownerDied`.
    @discardableResult
    nonisolated(nonsending) public func run<BodyError: Error>(
        timeout: Duration? = nil, _ body: () throws(BodyError) -> Void
    ) async throws(SharedLockError<BodyError>) -> Bool {
        if isDone { return false }
        return try await memory.suspend(timeout) { _ throws(SharedLockError<BodyError>) in try finish(body) }
    }

    private func run<BodyError: Error>(
        upTo timeout: Duration?, _ body: () throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        if isDone { return false }
        if case .timedOut = memory.acquire(timeout) { throw .timedOut }
        defer { memory.release() }
        return try finish(body)
    }

    /// With the lock held, whether or not one has died at it before.
    private func finish<BodyError: Error>(
        _ body: () throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        if isDone { return false }
        do { try body() } catch { throw .body(error) }
        // The last thing: a death before it leaves it undone.
        done.store(1)
        return true
    }
}

extension SharedOnce: Codable {
    public init(from decoder: any Decoder) throws {
        let descriptor = try decoder.singleValueContainer().decode(DescriptorHandle.self)
        try self.init(adopting: descriptor)
    }

    /// Uses the one behind a descriptor, if it is one.
    init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        self.init(try SharedObject(adopting: descriptor, .once, payloadByteCount: Self.byteCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(memory.object.descriptor)
    }
}
