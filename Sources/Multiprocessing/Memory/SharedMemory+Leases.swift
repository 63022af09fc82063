// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedMemory {
    /// Waits for the memory's lock on the calling thread, and runs the body with all bytes, to change them. One thread
    /// at a time has them, of whichever process.
    ///
    /// - Parameters:
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: What it has changed when it throws stays changed.
    /// - Throws: `.readOnly` for a handle that may not write and when the memory is sealed; `.ownerDied` while nobody
    ///   has repaired the bytes after a writer's death; `.timedOut`; or the body's error as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withMutableSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableRawSpan) throws(BodyError) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        guard isMappedWritable else { throw .readOnly }
        return try lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in try write(grant, body) }
    }

    /// The same without holding a thread while it waits; the body is synchronous and runs where the caller is isolated.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func withMutableSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableRawSpan) throws(BodyError) -> Result
    ) async throws(SharedMemoryAccessError<BodyError>) -> Result {
        guard isMappedWritable else { throw .readOnly }
        return try await lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in try write(grant, body) }
    }

    /// Runs the body with all bytes, to read them: at once and beside all others if the memory is sealed, and otherwise
    /// with the memory's lock, after a wait for it on the calling thread. The lock is exclusive, so readers of memory that
    /// is still written wait for one another too.
    ///
    /// - Throws: `.ownerDied` while nobody has repaired the bytes after a writer's death; `.timedOut`; or the body's error
    ///   as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func withSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (RawSpan) throws(BodyError) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        if control.isSealed { return try run(body) }
        return try lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in
            if let thread = control.deadOwner(grant) { throw .ownerDied(thread: thread) }
            return try run(body)
        }
    }

    /// The same without holding a thread while it waits; the body is synchronous and runs where the caller is isolated.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func withSpan<Result, BodyError: Error>(
        timeout: Duration? = nil, _ body: (RawSpan) throws(BodyError) -> Result
    ) async throws(SharedMemoryAccessError<BodyError>) -> Result {
        if control.isSealed { return try run(body) }
        return try await lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in
            if let thread = control.deadOwner(grant) { throw .ownerDied(thread: thread) }
            return try run(body)
        }
    }

    /// Declares the bytes whole if an owner of the lock died and nobody has done so since, after the body has made
    /// them so; waits for the lock on the calling thread. If several come at once, one repairs and the others do nothing.
    ///
    /// - Returns: Whether this call repaired them.
    /// - Throws: `.readOnly`; `.timedOut`; or the body's error as `.body`, and then nothing is declared.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableRawSpan) throws(BodyError) -> Void
    ) throws(SharedMemoryAccessError<BodyError>) -> Bool {
        guard isMappedWritable else { throw .readOnly }
        return try lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in try repair(grant, body) }
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    @discardableResult
    public nonisolated(nonsending) func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableRawSpan) throws(BodyError) -> Void
    ) async throws(SharedMemoryAccessError<BodyError>) -> Bool {
        guard isMappedWritable else { throw .readOnly }
        return try await lease(timeout) { grant throws(SharedMemoryAccessError<BodyError>) in try repair(grant, body) }
    }
}

// MARK: - What both forms do, with the lock held

extension SharedMemory {
    @usableFromInline var isMappedWritable: Bool { mapping.isWritable }

    /// Mapped as long as self lives.
    @usableFromInline var start: UnsafeMutableRawPointer { unsafe mapping.base }

    /// Runs a body with the lock held by the calling thread.
    @inlinable
    func lease<Result, BodyError: Error>(
        _ timeout: Duration?, _ use: (GuardedMemory.Grant) throws(SharedMemoryAccessError<BodyError>) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        let grant = control.guarded.acquire(timeout)
        if case .timedOut = grant { throw .timedOut }
        defer { control.guarded.release() }
        return try use(grant)
    }

    nonisolated(nonsending) func lease<Result, BodyError: Error>(
        _ timeout: Duration?, _ use: (GuardedMemory.Grant) throws(SharedMemoryAccessError<BodyError>) -> Result
    ) async throws(SharedMemoryAccessError<BodyError>) -> Result {
        do {
            return try await control.guarded.suspend(timeout) {
                grant throws(SharedLockError<SharedMemoryAccessError<BodyError>>) in
                do throws(SharedMemoryAccessError<BodyError>) { return try use(grant) } catch { throw .body(error) }
            }
        } catch {
            switch error {
            case .body(let error): throw error
            case .timedOut: throw .timedOut
            case .cancelled: throw .cancelled
            case .ownerDied(let thread): throw .ownerDied(thread: thread)
            }
        }
    }

    @inlinable
    func write<Result, BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: (inout MutableRawSpan) throws(BodyError) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        if control.isSealed { throw .readOnly }
        if let thread = control.deadOwner(grant) { throw .ownerDied(thread: thread) }
        return try change(body)
    }

    private func repair<BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: (inout MutableRawSpan) throws(BodyError) -> Void
    ) throws(SharedMemoryAccessError<BodyError>) -> Bool {
        guard case .fromTheDead = grant else { return false }
        try change(body)
        control.guarded.markRepaired()
        return true
    }

    @inlinable
    func change<Result, BodyError: Error>(
        _ body: (inout MutableRawSpan) throws(BodyError) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        defer { extendLifetime(self) }
        // The lock is held, so this is the only access by a lease; the span ends with the body, the mapping later.
        let bytes = unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount)
        var span = unsafe bytes.mutableBytes
        do { return try body(&span) } catch { throw .body(error) }
    }

    @inlinable
    func run<Result, BodyError: Error>(
        _ body: (RawSpan) throws(BodyError) -> Result
    ) throws(SharedMemoryAccessError<BodyError>) -> Result {
        defer { extendLifetime(self) }
        // The lock is held, or nobody writes any more; the span ends with the body, the mapping later.
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: byteCount)
        do { return try unsafe body(bytes.bytes) } catch { throw .body(error) }
    }
}
