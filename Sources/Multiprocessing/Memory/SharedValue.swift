// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A value that several processes share and that is whole at every moment, whoever dies.
///
///     let progress = try SharedValue(Progress(done: 0, of: 100))
///     try progress.withLock { $0.done += 1 }       // one at a time
///     let now = progress.load()                    // no lock, waits for nobody
///
/// A change is made on a copy, which replaces the value in one step when the body returns. So a body that throws, and
/// a process that dies in it, change nothing; and readers take no lock and hold up nobody. That is the
/// difference to `SharedMutex`, which changes its value in place: it saves the copies, which is worth it for values of
/// kilobytes, and needs a repair when an owner died. For a single number ``SharedAtomic`` is faster.
///
/// It works between threads as it does between processes, and travels as a field of a work or of a message. The value is
/// any `BitwiseCopyable` type without pointers; an optional and an enumeration will do, since no pattern of bits is
/// ever seen that was not stored, unless one of those who have the handle writes past this type.
///
/// All who use it must live in one namespace of process numbers (one container).
public struct SharedValue<Value: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline let memory: GuardedMemory

    // Layout of the payload: the lock (16), the version (8), then two places for the value, each of whole words of 8
    // bytes. The value is in the place of the version's lowest bit; a writer fills the other one and then adds 1 to the
    // version. README.md has the orderings.

    @inlinable static var wordCount: Int { (MemoryLayout<Value>.size + 7) / 8 }
    private static var payloadByteCount: Int { OwnerLock.byteCount + 8 + 2 * 8 * wordCount }
    private static var mark: UInt64 { SharedObject.typeMark(of: Value.self) }

    /// Makes one, in memory of its own that goes with its last handle, in whatever process.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init(_ value: Value) throws(SharedMemoryError) {
        self.init(try SharedObject(.value, type: Self.mark, payloadByteCount: Self.payloadByteCount))
        write(value, 0)
    }

    private init(_ object: SharedObject) {
        // What it takes for guarded begins with the version.
        memory = GuardedMemory(object, of: UInt64.self)
    }

    /// The value as it is now. Takes no lock: it never waits for a writer, however long that one has the lock, and
    /// repeats its reading only when a change was completed during it.
    @inlinable
    public func load() -> Value {
        defer { extendLifetime(memory) }
        while true {
            let seen = version
            let value = read(seen)
            if version == seen { return value }
        }
    }

    /// Replaces the value, after a wait for whoever is changing it. Blocks the thread for that time.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func store(_ value: Value) {
        _ = memory.acquire(nil)
        defer { memory.release() }
        replace(by: value)
    }

    /// Replaces the value, after a wait for whoever is changing it, without holding a thread.
    ///
    /// - Throws: `.cancelled` if the task was cancelled while it waited.
    public nonisolated(nonsending) func store(_ value: Value) async throws(SharedLockError<Never>) {
        try await withLock { $0 = value }
    }

    /// Waits on the calling thread until nobody else changes the value, and runs the body with a copy, which
    /// replaces the value when the body returns.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: What it has changed when it throws is dropped. A `load` sees the value as it was before until it returns.
    /// - Throws: `.timedOut`, or the body's error as `.body`. Never `.ownerDied`: the dead have changed nothing.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        if case .timedOut = memory.acquire(timeout) { throw .timedOut }
        defer { memory.release() }
        return try change(body)
    }

    /// The same without holding a thread while it waits; the body is synchronous and runs where the caller is isolated.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func withLock<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await memory.suspend(timeout) { _ throws(SharedLockError<BodyError>) in try change(body) }
    }

    /// With the lock held.
    @inlinable
    func change<Result, BodyError: Error>(
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        var value = read(version)
        let result: Result
        do { result = try body(&value) } catch { throw .body(error) }
        replace(by: value)
        return result
    }

    /// With the lock held. Who dies here has filled a place that nobody reads.
    @inlinable
    func replace(by value: Value) {
        let next = version &+ 1
        write(value, next)
        // The version is the first word, which the memory holds as long as self lives.
        unsafe words.pointee.store(next, ordering: .releasing)
        // Nothing is torn, even if the lock came from the dead.
        memory.markRepaired()
        extendLifetime(memory)
    }

    /// The version and the words of both places, as many as the object was made, or checked, to hold.
    @inlinable var words: UnsafePointer<Atomic<UInt64>> {
        unsafe UnsafePointer(memory.bytes.assumingMemoryBound(to: Atomic<UInt64>.self))
    }

    @inlinable var version: UInt64 { unsafe words.pointee.load(ordering: .acquiring) }  // the first word

    @inlinable
    func read(_ version: UInt64) -> Value {
        // Whole words for all of the value's bytes, within the object; the bytes of a value that was stored, or the
        // caller sees by the version that they are not.
        let place = unsafe words + 1 + Int(version & 1) * Self.wordCount
        return unsafe Self.withScratch { scratch in
            for index in 0..<Self.wordCount { unsafe scratch[index] = place[index].load(ordering: .acquiring) }
            return unsafe UnsafeRawPointer(scratch).loadUnaligned(as: Value.self)
        }
    }

    @inlinable
    func write(_ value: Value, _ version: UInt64) {
        // As above.
        let place = unsafe words + 1 + Int(version & 1) * Self.wordCount
        unsafe Self.withScratch { scratch in
            unsafe UnsafeMutableRawPointer(scratch).storeBytes(of: value, as: Value.self)
            for index in 0..<Self.wordCount { unsafe place[index].store(scratch[index], ordering: .releasing) }
        }
    }

    /// Words of zeros for a value, on the stack if they are few.
    @inlinable
    static func withScratch<Result>(_ body: (UnsafeMutablePointer<UInt64>) -> Result) -> Result {
        // The body does not keep the address.
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, wordCount)) { buffer in
            unsafe buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress else { preconditionFailure("an allocation without an address") }
            return unsafe body(base)
        }
    }
}

extension SharedValue: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(
            try SharedObject(
                adopting: DescriptorHandle(from: decoder), .value, type: Self.mark,
                payloadByteCount: Self.payloadByteCount))
    }

    public func encode(to encoder: any Encoder) throws { try memory.object.descriptor.encode(to: encoder) }
}
