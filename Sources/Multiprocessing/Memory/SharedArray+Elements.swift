// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// Single elements and copies, each under the lock for itself. A position out of bounds is a programming error and stops
// the program, with the lock free.

extension SharedArray {
    /// The element at a position. Blocks the thread while others have the lock.
    ///
    /// - Throws: `.ownerDied` while nobody has repaired the elements after an owner's death.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func element(at position: Int) throws(SharedLockError<Never>) -> Element {
        check(position..<position + 1)
        return try withSpan { $0[position] }
    }

    /// The element at a position.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func element(at position: Int) async throws(SharedLockError<Never>) -> Element {
        check(position..<position + 1)
        return try await withSpan { $0[position] }
    }

    /// Replaces the element at a position. To change it according to what it was use `withMutableSpan`: between this
    /// and an `element(at:)` others may come.
    ///
    /// - Throws: As `element(at:)`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @inlinable
    public func setElement(_ element: Element, at position: Int) throws(SharedLockError<Never>) {
        check(position..<position + 1)
        try withMutableSpan { $0[position] = element }
    }

    /// Replaces the element at a position.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func setElement(
        _ element: Element, at position: Int
    ) async throws(SharedLockError<Never>) {
        check(position..<position + 1)
        try await withMutableSpan { $0[position] = element }
    }

    /// A copy of the elements in a range of positions; of all of them without one. All are of the same moment.
    ///
    /// - Throws: As `element(at:)`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func elements(in range: Range<Int>? = nil) throws(SharedLockError<Never>) -> [Element] {
        let range = check(range ?? indices)
        return try withSpan { Self.copy($0, range) }
    }

    /// A copy of the elements in a range of positions; of all of them without one.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func elements(
        in range: Range<Int>? = nil
    ) async throws(SharedLockError<Never>) -> [Element] {
        let range = check(range ?? indices)
        return try await withSpan { Self.copy($0, range) }
    }

    /// Replaces the elements from a position on by others, as many as there are. They must fit.
    ///
    /// - Throws: As `element(at:)`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func replaceElements(
        from position: Int, by contents: some Collection<Element>
    ) throws(SharedLockError<Never>) {
        // Copied first: the collection's own code must not run under the lock.
        let contents = Array(contents)
        check(position..<position + contents.count)
        try withMutableSpan { Self.replace(&$0, position, contents) }
    }

    /// Replaces the elements from a position on by others, as many as there are. They must fit.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func replaceElements(
        from position: Int, by contents: some Collection<Element>
    ) async throws(SharedLockError<Never>) {
        let contents = Array(contents)
        check(position..<position + contents.count)
        try await withMutableSpan { Self.replace(&$0, position, contents) }
    }

    /// Declares the elements whole if an owner died and nobody has done so since, after the body has made them
    /// so; waits for the lock on the calling thread. If several come at once, one repairs and the others do nothing.
    ///
    /// - Returns: Whether this call repaired them.
    /// - Throws: `.timedOut`, or the body's error as `.body`, and then nothing is declared; never `.ownerDied`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    @discardableResult
    public func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        let grant = memory.acquire(timeout)
        if case .timedOut = grant { throw .timedOut }
        defer { memory.release() }
        return try repair(grant, body)
    }

    /// The same without holding a thread while it waits; the body is synchronous.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    @discardableResult
    public nonisolated(nonsending) func repair<BodyError: Error>(
        timeout: Duration? = nil, _ body: (inout MutableSpan<Element>) throws(BodyError) -> Void
    ) async throws(SharedLockError<BodyError>) -> Bool {
        try await memory.suspend(timeout) { grant throws(SharedLockError<BodyError>) in try repair(grant, body) }
    }

    private func repair<BodyError: Error>(
        _ grant: GuardedMemory.Grant, _ body: (inout MutableSpan<Element>) throws(BodyError) -> Void
    ) throws(SharedLockError<BodyError>) -> Bool {
        guard case .fromTheDead = grant else { return false }
        try run(body)
        memory.markRepaired()
        return true
    }

    @discardableResult
    @inlinable
    func check(_ range: Range<Int>) -> Range<Int> {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "position out of bounds")
        return range
    }

    private static func copy(_ span: Span<Element>, _ range: Range<Int>) -> [Element] {
        // Both have room for as many, as the caller has checked.
        unsafe [Element](unsafeUninitializedCapacity: range.count) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            for index in range { unsafe (base + (index - range.lowerBound)).initialize(to: span[index]) }
            count = range.count
        }
    }

    private static func replace(_ span: inout MutableSpan<Element>, _ position: Int, _ contents: [Element]) {
        for (index, element) in contents.enumerated() { span[position + index] = element }
    }
}
