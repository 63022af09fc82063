// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A lock in shared memory that the thread which holds it may lock again.
///
/// It guards no value of its own, since the inner of two bodies would change it under the outer's feet; use it for what
/// lies elsewhere, when functions that lock call one another. Where one `withLock` can be made of two, `SharedMutex` is
/// simpler and cannot be forgotten.
///
/// Only the thread that has it can release it, by leaving the body: nothing else does. It works between threads
/// and between processes and travels as a field of a work or of a message. When its owner dies, every `withLock` throws
/// `.ownerDied` until `repair(timeout:_:)` has been called, as with `SharedMutex`, and under the same conditions.
///
/// Layout of the payload: the lock (16), the depth (4), which only the owner reads and writes.
public struct SharedRecursiveMutex: Sendable {
    /// How often a thread may have locked it at once: more is an endless recursion, and traps.
    public static let mostDepth = 65_536

    private static let byteCount = OwnerLock.byteCount + 4
    private let memory: GuardedMemory

    /// Makes one, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init() throws(SharedMemoryError) {
        self.init(try SharedObject(.recursiveMutex, payloadByteCount: Self.byteCount))
    }

    private init(_ object: SharedObject) { memory = GuardedMemory(object, of: UInt32.self) }

    private var storedDepth: SharedWord { memory.object.word(at: OwnerLock.byteCount) }

    /// How often the calling thread has it locked; 0 if it does not hold it, whoever else may.
    public var depth: Int { memory.lock.isHeldByCaller ? Int(storedDepth.value) : 0 }

    /// Waits for the lock on the calling thread, and runs the body with the depth: 1 for the outermost.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever. A thread never waits for itself.
    ///   - body: May lock again. What it has changed when it throws stays changed.
    /// - Throws: `.ownerDied` while nobody has repaired after an owner's death, `.timedOut`, or the body's error as
    ///   `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (_ depth: Int) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        if memory.lock.isHeldByCaller { return try again(body) }
        switch memory.acquire(timeout) {
        case .clean: break
        case .fromTheDead: throw .ownerDied(thread: memory.refuse())
        case .timedOut: throw .timedOut
        }
        defer { memory.release() }
        return try first(body)
    }

    /// Waits for the lock without holding a thread, and runs the body, which is synchronous: inside it the blocking
    /// form locks again.
    /// - Throws: As the blocking form, or `.cancelled`.
    nonisolated(nonsending) public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (_ depth: Int) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in
            if case .fromTheDead = grant { throw .ownerDied(thread: memory.lock.deadOwner) }
            return try first(body)
        }
    }

    /// Runs the body if nobody else has the lock; otherwise answers nil at once.
    /// - Throws: `.ownerDied` or `.body`, as `withLock`.
    public func withLockIfAvailable<Result, BodyError: Error>(
        _ body: (_ depth: Int) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result? {
        if memory.lock.isHeldByCaller { return try again(body) }
        guard let grant = memory.tryAcquire() else { return nil }
        if case .fromTheDead = grant { throw .ownerDied(thread: memory.refuse()) }
        defer { memory.release() }
        return try first(body)
    }

    /// Declares what the lock guards whole again after an owner's death, once the body has made it so; waits for the
    /// lock on the calling thread. Does nothing if nobody died or somebody else has repaired. Inside the body
    /// the lock may be locked again.
    /// - Returns: Whether this call repaired.
    /// - Throws: `.timedOut`, or the body's error as `.body`; nothing is declared then.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: () throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        if memory.lock.isHeldByCaller { return false }
        let grant = memory.acquire(timeout)
        if case .timedOut = grant { throw .timedOut }
        defer { memory.release() }
        return try repair(grant, body)
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    /// - Throws: As the blocking form, or `.cancelled`.
    @discardableResult
    nonisolated(nonsending) public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: () throws(BodyError) -> Void
    ) async throws(SharedLockError<BodyError>) -> Bool {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in try repair(grant, body) }
    }

    private func repair<BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: () throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        guard case .fromTheDead = grant else { return false }
        try first { _ throws(BodyError) in try body() }
        memory.markRepaired()
        return true
    }

    /// With the lock just acquired, whatever depth a dead owner left.
    private func first<Result, BodyError: Error>(
        _ body: (_ depth: Int) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        storedDepth.store(1)
        do { return try body(1) } catch { throw .body(error) }
    }

    private func again<Result, BodyError: Error>(
        _ body: (_ depth: Int) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        let depth = storedDepth.add(1)
        if depth > Self.mostDepth { fatalError("a shared recursive mutex was locked \(depth) times by one thread") }
        defer { storedDepth.store(depth - 1) }
        do { return try body(Int(depth)) } catch { throw .body(error) }
    }
}

extension SharedRecursiveMutex: Codable {
    public init(from decoder: any Decoder) throws {
        let descriptor = try decoder.singleValueContainer().decode(DescriptorHandle.self)
        try self.init(adopting: descriptor)
    }

    /// Uses the mutex behind a descriptor, if it is one.
    init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        self.init(try SharedObject(adopting: descriptor, .recursiveMutex, payloadByteCount: Self.byteCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(memory.object.descriptor)
    }
}
