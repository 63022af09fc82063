// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A value in shared memory that one thread at a time may touch, of whichever process.
///
/// It works between threads as it does between processes, and travels as a field of a work or of a message: every
/// receiver has the same value behind the same lock. It is exclusive, also for readers; `SharedReadWriteLock` lets
/// readers in together. Within one process the standard library's `Mutex` holds any value and is faster while nobody waits
/// for it; on Linux it is far slower once many threads do, because the kernel then hands it over one by one.
///
///     let account = try SharedMutex(0)
///     try account.withLock { $0 += 1 }
///
/// **When an owner dies** (its process was killed or trapped inside the body), the lock is not lost: those who wait
/// notice within 5 to 100 ms. The value may be half changed, so every `withLock` throws `.ownerDied` from then on until
/// somebody repairs it, with `repair(timeout:_:)` or with a form of `withLock` that is told how.
///
/// **The value** is any `BitwiseCopyable` type. It must not contain pointers or anything else that means something in one
/// process only: the others would follow it to nowhere. Its bytes are read as they are found there, so give it a type
/// of which every pattern of bits is a value (integers, and structs and tuples of them) if you do not trust everybody
/// who has the handle.
///
/// **Order**: whoever asks first is not served first; a thread that is running may take the lock before one that must
/// be woken. For one who has waited 5 ms it is kept when it is released next.
///
/// **Nesting**: a thread that locks what it holds would wait for itself, and traps; with a timeout it throws
/// `.timedOut`, and the try form answers nil. `SharedRecursiveMutex` can be locked again.
///
/// All who use it must live in one namespace of process numbers (one container), or the living look dead.
public struct SharedMutex<Value: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline let memory: GuardedMemory

    /// Makes one, in memory of its own: a page that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init(_ value: Value) throws(SharedMemoryError) {
        let object = try SharedObject(
            .mutex, type: Self.mark, payloadByteCount: GuardedMemory.byteCount(for: Value.self))
        memory = GuardedMemory(object, of: Value.self)
        // In bounds and aligned by GuardedMemory; nobody else has the object yet.
        unsafe memory.bytes.initializeMemory(as: Value.self, to: value)
    }

    private static var mark: UInt64 { SharedObject.typeMark(of: Value.self) }

    /// Where the value lies. Touched with the lock held only.
    @inlinable var place: UnsafeMutablePointer<Value> {
        unsafe memory.bytes.assumingMemoryBound(to: Value.self)  // as the initializers made or checked it
    }

    /// Waits for the lock on the calling thread, and runs the body with the value.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: Changes the value in place. What it has changed when it throws stays changed.
    /// - Throws: `.ownerDied` while nobody has repaired the value after an owner's death, `.timedOut`, or the body's
    ///   error as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        switch memory.acquire(timeout) {
        case .clean: return try runAndRelease(body)
        case .fromTheDead: throw .ownerDied(thread: memory.refuse())
        case .timedOut: throw .timedOut
        }
    }

    /// Waits for the lock without holding a thread, and runs the body with the value.
    ///
    /// The body is synchronous, so no lock is ever held while a task is suspended, and runs where the caller is
    /// isolated. Parameters and errors are those of the blocking form; `.cancelled` if the task was cancelled while
    /// it waited.
    nonisolated(nonsending) public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        if let grant = memory.acquireAtOnce() { return try use(grant, body) }
        return try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in
            if case .fromTheDead = grant { throw .ownerDied(thread: memory.lock.deadOwner) }
            return try run(body)
        }
    }

    /// Runs the body if nobody has the lock; otherwise answers nil at once. Blocks nobody.
    ///
    /// To answer nil it looks whether the owner lives, which takes some microseconds.
    /// - Throws: `.ownerDied` or `.body`, as `withLock`.
    @inlinable
    public func withLockIfAvailable<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result? {
        guard let grant = memory.tryAcquire() else { return nil }
        return try use(grant, body)
    }

    /// With the lock held, which is released.
    @inlinable
    func use<Result, BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        if case .fromTheDead = grant { throw .ownerDied(thread: memory.refuse()) }
        return try runAndRelease(body)
    }

    @inlinable
    func runAndRelease<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        defer { memory.release() }
        return try run(body)
    }

    @inlinable
    func run<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        // The lock is held, so this is the only access.
        do { return try unsafe body(&place.pointee) } catch { throw .body(error) }
    }
}

extension SharedMutex: Codable {
    public init(from decoder: any Decoder) throws {
        let descriptor = try decoder.singleValueContainer().decode(DescriptorHandle.self)
        try self.init(adopting: descriptor)
    }

    /// Uses the mutex behind a descriptor, if it is one for this type.
    init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        let object = try SharedObject(
            adopting: descriptor, .mutex, type: Self.mark, payloadByteCount: GuardedMemory.byteCount(for: Value.self))
        memory = GuardedMemory(object, of: Value.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(memory.object.descriptor)
    }
}
