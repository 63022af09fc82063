// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A value in shared memory that many may read at once, or one may change, of whichever thread or process.
///
/// It travels as a field of a work or of a message, and every receiver has the same value behind the same lock. It pays
/// where reading takes long; where it is a few instructions, `SharedMutex` is faster, also for readers.
///
///     let prices = try SharedReadWriteLock(Prices())
///     let price = try prices.withReadLock { $0.oil }
///     try await prices.withWriteLock { $0.oil += 1 }
///
/// **When a holder dies** (its process was killed or trapped inside the body), those who wait notice within 5 to 100 ms.
/// A dead reader counts no more. A dead writer may have left the value half changed, so everything throws
/// `.ownerDied` from then on until somebody repairs it, with `repair(timeout:_:)` or a form of `withWriteLock` that is
/// told how. Who died waiting counts no more either.
///
/// **The value** is any `BitwiseCopyable` type. It must not contain pointers or anything else that means something in one
/// process only. Give it a type of which every pattern of bits is a value if you do not trust everybody who has the
/// handle.
///
/// **Order**: who comes to read while a writer waits is let in after it; who was waiting to read when a writer
/// was done is let in before the next, so neither side starves the other; a writer that has waited for more than 5 ms comes
/// before writers that come then.
///
/// **Nesting**: the lock belongs to the process, and cannot be taken again inside its own body: a writer would wait for
/// itself, and a reader too as soon as a writer waits. With a timeout that ends as `.timedOut`.
///
/// Up to 248 processes can hold it or wait in turn at a time. All must live in one namespace of process numbers.
public struct SharedReadWriteLock<Value: BitwiseCopyable & Sendable>: Sendable {
    let core: ReadWriteCore

    /// Makes one, in memory of its own that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init(_ value: Value) throws(SharedMemoryError) {
        core = ReadWriteCore(
            try SharedObject(.readWriteLock, type: Self.mark, payloadByteCount: Self.payloadByteCount))
        // In bounds and aligned as computed below; nobody else has the object yet.
        unsafe place.initialize(to: value)
    }

    private static var mark: UInt64 { SharedObject.typeMark(of: Value.self) }

    /// Behind the table, which ends with a page: so it is aligned for every type.
    private static var payloadByteCount: Int { ParticipantTable.byteCount + MemoryLayout<Value>.size }

    /// Where the value lies. Touched with a hold only.
    private var place: UnsafeMutablePointer<Value> {
        // The object was made, or checked, to have as many bytes behind the table.
        unsafe core.table.object.address(at: ParticipantTable.byteCount).assumingMemoryBound(to: Value.self)
    }

    /// Waits on the calling thread until nobody writes, and runs the body with the value.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: Reads the value; others may at the same time.
    /// - Throws: `.ownerDied` while nobody has repaired the value after a writer's death, `.timedOut`, or the body's error
    ///   as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withReadLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        try read(core.block(.read, timeout), body)
    }

    /// Waits without holding a thread until nobody writes, and runs the body with the value.
    ///
    /// The body is synchronous, so nothing is held while a task is suspended. Parameters and errors are those of the
    /// blocking form; `.cancelled` if the task was cancelled while it waited.
    nonisolated(nonsending) public func withReadLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try read(await core.suspend(.read, timeout), body)
    }

    /// Runs the body with the value if nobody writes and no writer waits; otherwise answers nil at once.
    ///
    /// - Throws: `.ownerDied` or `.body`, as `withReadLock`.
    public func withReadLockIfAvailable<Result, BodyError: Error>(
        _ body: (Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result? {
        guard let hold = core.tryTake(.read) else { return nil }
        return try read(.done(hold), body)
    }

    /// Waits on the calling thread until nobody else reads or writes, and runs the body with the value.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: Changes the value in place. What it has changed when it throws stays changed.
    /// - Throws: `.ownerDied` while nobody has repaired the value after a writer's death, `.timedOut`, or the body's error
    ///   as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withWriteLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        try write(core.block(.write, timeout), body)
    }

    /// Waits without holding a thread until nobody else reads or writes, and runs the body with the value.
    ///
    /// The body is synchronous, so nothing is held while a task is suspended. Parameters and errors are those of the
    /// blocking form; `.cancelled` if the task was cancelled while it waited.
    nonisolated(nonsending) public func withWriteLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try write(await core.suspend(.write, timeout), body)
    }

    /// Runs the body with the value if nobody reads or writes; otherwise answers nil at once.
    ///
    /// - Throws: `.ownerDied` or `.body`, as `withWriteLock`.
    public func withWriteLockIfAvailable<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result? {
        guard let hold = core.tryTake(.write) else { return nil }
        return try write(.done(hold), body)
    }
}

extension SharedReadWriteLock {
    /// The hold that a wait came to.
    func hold<BodyError: Error>(
        from waited: Waited<ReadWriteCore.Hold>, throwing: BodyError.Type
    ) throws(SharedLockError<BodyError>) -> ReadWriteCore.Hold {
        switch waited {
        case .done(let hold): return hold
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }

    private func read<Result, BodyError: Error>(
        _ waited: Waited<ReadWriteCore.Hold>, _ body: (Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        let hold = try hold(from: waited, throwing: BodyError.self)
        defer { core.release(hold) }
        if hold.deadWriter != 0 { throw .ownerDied(thread: hold.deadWriter) }
        // Nobody writes while there is a hold for reading.
        do { return try unsafe body(place.pointee) } catch { throw .body(error) }
    }

    private func write<Result, BodyError: Error>(
        _ waited: Waited<ReadWriteCore.Hold>, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        let hold = try hold(from: waited, throwing: BodyError.self)
        defer { core.release(hold) }
        if hold.deadWriter != 0 { throw .ownerDied(thread: hold.deadWriter) }
        return try change(body)
    }

    /// With a hold for writing.
    func change<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        // A hold for writing is the only one.
        do { return try unsafe body(&place.pointee) } catch { throw .body(error) }
    }
}

extension SharedReadWriteLock: Codable {
    /// Uses the lock whose handle was sent, if it is one for this type.
    public init(from decoder: any Decoder) throws {
        core = ReadWriteCore(
            try SharedObject(
                adopting: try decoder.singleValueContainer().decode(DescriptorHandle.self), .readWriteLock,
                type: Self.mark, payloadByteCount: Self.payloadByteCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(core.table.object.descriptor)
    }
}
