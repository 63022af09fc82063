// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A fixed number of elements that several processes share, behind one lock.
///
///     let samples = try SharedArray(repeating: 0.0, count: 1_000)
///     try samples.withMutableSpan { samples in
///         for index in samples.indices { samples[index] *= 2 }
///     }
///
/// All elements are reached through a span that cannot outlive the lock; one thread at a time has it, of whichever
/// process. The elements are changed in place, without copies. It travels as a field of a work or of a message.
///
/// **When an owner dies** in its body, some elements may be changed and others not: every access then throws
/// `.ownerDied` until somebody has called `repair(timeout:_:)`, as for `SharedMutex`. An element itself can be torn only
/// if it is larger than what the processor stores at once.
///
/// The element is any `BitwiseCopyable` type without pointers, a structure for example. Its bytes are read as they are
/// found: use elements of which every pattern of bits is a value if you do not trust everybody who has the handle.
/// For elements that are updated one by one ``SharedAtomicArray`` needs no lock; for plain bytes use ``SharedMemory``.
public struct SharedArray<Element: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline let memory: GuardedMemory

    /// How many elements there are.
    public let count: Int

    /// Makes this many elements of the same value.
    ///
    /// - Throws: `.invalidByteCount` for a count that no memory can hold; `.system` when the space cannot be had.
    public init(repeating value: Element, count: Int) throws(SharedMemoryError) {
        // As many as there are.
        try unsafe self.init(count: count) { elements in unsafe elements.initialize(repeating: value) }
    }

    /// Makes an array of these elements.
    ///
    /// - Throws: As `init(repeating:count:)`.
    public init(_ contents: some Collection<Element>) throws(SharedMemoryError) {
        // As many as there are, or the program stops.
        try unsafe self.init(count: contents.count) { elements in
            let end = unsafe elements.initialize(fromContentsOf: contents)
            precondition(end == elements.count, "a collection of another count than it said")
        }
    }

    private init(
        count: Int, _ initialize: (UnsafeMutableBufferPointer<Element>) -> Void
    ) throws(SharedMemoryError) {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard count >= 0, !overflow, byteCount <= Int.max / 4 else { throw .invalidByteCount(byteCount) }
        let object = try SharedObject(
            .array, type: SharedObject.typeMark(of: Element.self), payloadByteCount: Self.offset + byteCount)
        memory = GuardedMemory(object, of: Element.self)
        self.count = count
        // Nobody else has it yet.
        unsafe initialize(elements)
    }

    /// Of the first element in the payload, behind the lock.
    static var offset: Int { GuardedMemory.byteCount(for: Element.self) - MemoryLayout<Element>.size }

    /// The positions, from zero.
    public var indices: Range<Int> { 0..<count }

    /// Touched with the lock held only.
    @inlinable var elements: UnsafeMutableBufferPointer<Element> {
        // The object was made, or checked, to hold as many behind the lock, aligned.
        unsafe UnsafeMutableBufferPointer(start: memory.bytes.assumingMemoryBound(to: Element.self), count: count)
    }

    /// Waits for the lock on the calling thread, and runs the body with all elements, to change them.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: What it has changed when it throws stays changed.
    /// - Throws: `.ownerDied` while nobody has repaired the elements after an owner's death, `.timedOut`, or the body's
    ///   error as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withMutableSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        switch memory.acquire(timeout) {
        case .timedOut: throw .timedOut
        case .fromTheDead: throw .ownerDied(thread: memory.refuse())
        case .clean:
            defer { memory.release() }
            return try run(body)
        }
    }

    /// The same without holding a thread while it waits; the body is synchronous and runs where the caller is isolated.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func withMutableSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in
            if case .fromTheDead = grant { throw .ownerDied(thread: memory.lock.deadOwner) }
            return try run(body)
        }
    }

    /// Waits for the lock on the calling thread, and runs the body with all elements, to read them. The lock is
    /// exclusive, so readers wait for one another too: keep the body short, or copy with `elements(in:)`.
    ///
    /// - Throws: As `withMutableSpan`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (Span<Element>) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        try withMutableSpan(timeout: timeout) { span throws(BodyError) in try body(span.span) }
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func withSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (Span<Element>) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await withMutableSpan(timeout: timeout) { span throws(BodyError) in try body(span.span) }
    }

    /// With the lock held.
    @inlinable
    func run<Result, BodyError: Error>(
        _ body: (inout MutableSpan<Element>) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        // The lock is held, so this is the only access; the span ends with the body, and the object lives longer.
        defer { extendLifetime(memory) }
        var span = unsafe elements.mutableSpan
        do { return try body(&span) } catch { throw .body(error) }
    }
}

extension SharedArray: Codable {
    public init(from decoder: any Decoder) throws {
        let stride = MemoryLayout<Element>.stride
        let object = try SharedObject(
            adopting: DescriptorHandle(from: decoder), .array, type: SharedObject.typeMark(of: Element.self)
        ) { $0 >= Self.offset && ($0 - Self.offset) % stride == 0 }
        memory = GuardedMemory(object, of: Element.self)
        count = (object.payloadByteCount - Self.offset) / stride
    }

    public func encode(to encoder: any Encoder) throws { try memory.object.descriptor.encode(to: encoder) }
}
