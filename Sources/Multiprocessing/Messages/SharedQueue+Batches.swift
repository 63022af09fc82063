// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Several elements at once: the locks, the publishing and the waking are paid for once.
extension SharedQueue.Sender {
    /// Sends all of the elements in order, as many at a time as there is room for, waiting on the calling thread.
    ///
    /// Others' elements may come between two of these portions. A portion is sent completely or not at all.
    ///
    /// - Parameters:
    ///   - elements: What to send, in this order.
    ///   - timeout: How long to wait at most, in all; nil: for ever.
    /// - Throws: As `send(_:)`, with the elements that have not been sent.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous send instead")
    public func send(
        contentsOf elements: [Element], timeout: Duration? = nil
    ) throws(SendError<[Element]>) {
        var place = 0
        var portion = attempt(elements, &place)
        if place == elements.count { return }
        var wait = RingWait(timeout: timeout)
        while place < elements.count, portion.failure == nil {
            portion.outcome = end.wait(after: portion.outcome, for: portion.byteCount, &wait)
            guard case .done = portion.outcome else { break }
            portion = attempt(elements, &place)
        }
        end.passOn(wait)
        if place < elements.count { throw portion.error(Array(elements[place...])) }
    }

    /// Sends all of the elements in order, as many at a time as there is room for, without holding a thread; otherwise
    /// as the blocking form.
    @inlinable
    nonisolated(nonsending) public func send(
        contentsOf elements: [Element], timeout: Duration? = nil
    ) async throws(SendError<[Element]>) {
        var place = 0
        var portion = attempt(elements, &place)
        if place == elements.count { return }
        var wait = RingWait(timeout: timeout)
        while place < elements.count, portion.failure == nil {
            portion.outcome = await end.suspend(after: portion.outcome, for: portion.byteCount, &wait)
            guard case .done = portion.outcome else { break }
            portion = attempt(elements, &place)
        }
        end.passOn(wait)
        if place < elements.count { throw portion.error(Array(elements[place...])) }
    }

    /// Sends as many of the elements from a place on as there is room for.
    ///
    /// The rest is thrown as an array, not as a slice: a typed error of that size arrives broken (Swift 6.3).
    @inlinable
    func attempt(_ elements: [Element], _ place: inout Int) -> QueuePortion {
        guard place < elements.count else { return QueuePortion(.done) }
        if end.isAlone { return QueuePortion(.disconnected) }
        // Encoded before the lock is taken: it may take long, and it may fail.
        var bytes: [UInt8]?
        do { bytes = try format.bytes(of: elements[place]) } catch {
            if case .notEncoded(_, let reason) = error { return QueuePortion(.notNow, reason) }
            return QueuePortion(.notNow, error)
        }
        guard var sending = end.ring.beginSending() else { return QueuePortion(.busy) }
        var next = place
        var portion = QueuePortion(.done)
        while true {
            portion.outcome = append(elements[next], bytes, to: &sending)
            guard case .done = portion.outcome else { break }
            next += 1
            guard next < elements.count else { break }
            // When this one's encoding fails, those before it are sent; the next attempt finds out.
            do { bytes = try format.bytes(of: elements[next]) } catch { break }
        }
        portion.byteCount = Self.size(bytes)
        let published = end.ring.publish(sending)
        guard case .done = published else { return QueuePortion(published) }
        place = next
        // Whatever is left is worth another attempt, unless there was no room.
        if case .done = portion.outcome { portion.outcome = .busy }
        return portion
    }

    @inlinable
    func append(_ element: Element, _ bytes: [UInt8]?, to sending: inout RingSending) -> RingOutcome {
        // The bytes are only read, and within the closures.
        if let bytes { return unsafe bytes.withUnsafeBytes { unsafe end.ring.append($0, to: &sending) } }
        return unsafe withUnsafeBytes(of: element) { unsafe end.ring.append($0, to: &sending) }
    }
}

/// What became of a part of a batch.
@usableFromInline
struct QueuePortion {
    @usableFromInline var outcome: RingOutcome
    /// Of the next element.
    @usableFromInline var byteCount = 0
    /// Why the next element could not be encoded.
    @usableFromInline let failure: (any Error)?

    @usableFromInline
    init(_ outcome: RingOutcome, _ failure: (any Error)? = nil) {
        self.outcome = outcome
        self.failure = failure
    }

    /// What was not sent, and why.
    @usableFromInline
    func error<Message: Sendable>(_ rest: Message) -> SendError<Message> {
        if let failure { return .notEncoded(rest, reason: failure) }
        return SendError(outcome, rest)
    }
}

extension SharedQueue.Receiver {
    /// Receives up to so many elements as soon as there is one, waiting on the calling thread; none: there will be none
    /// any more.
    ///
    /// - Parameters:
    ///   - count: How many at most.
    ///   - timeout: How long to wait for the first at most; nil: for ever.
    /// - Throws: As `receive()`; when one cannot be decoded, those before it are lost with it.
    @inlinable
    @available(*, noasync, message: "blocks the thread: await the asynchronous receive instead")
    public func receive(upTo count: Int, timeout: Duration? = nil) throws(ReceiveError) -> [Element] {
        var elements: [Element] = []
        var outcome = try attempt(&elements, upTo: count)
        if !elements.isEmpty || count <= 0 { return elements }
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while elements.isEmpty {
            outcome = end.wait(after: outcome, &wait)
            guard case .done = outcome else { break }
            outcome = try attempt(&elements, upTo: count)
        }
        if elements.isEmpty, let error = ReceiveError(outcome) { throw error }
        return elements
    }

    /// Receives up to so many elements as soon as there is one, without holding a thread; otherwise as the blocking form.
    @inlinable
    nonisolated(nonsending) public func receive(
        upTo count: Int, timeout: Duration? = nil
    ) async throws(ReceiveError) -> [Element] {
        var elements: [Element] = []
        var outcome = try attempt(&elements, upTo: count)
        if !elements.isEmpty || count <= 0 { return elements }
        var wait = RingWait(timeout: timeout)
        defer { end.passOn(wait) }
        while elements.isEmpty {
            outcome = await end.suspend(after: outcome, &wait)
            guard case .done = outcome else { break }
            outcome = try attempt(&elements, upTo: count)
        }
        if elements.isEmpty, let error = ReceiveError(outcome) { throw error }
        return elements
    }

    /// Takes what is there, up to so many; says why it stopped.
    @inlinable
    func attempt(_ elements: inout [Element], upTo count: Int) throws(ReceiveError) -> RingOutcome {
        guard count > 0 else { return .notNow }
        guard var receiving = end.ring.beginReceiving() else { return .busy }
        var outcome = RingOutcome.done
        if case .inPlace = format.kind {
            while elements.count < count {
                let element: Element?
                (outcome, element) = nextInPlace(&receiving)
                guard let element else { break }
                elements.append(element)
            }
            end.ring.take(receiving)
            return outcome
        }
        var all: [[UInt8]] = []
        while all.count < count {
            let (next, bytes) = end.ring.next(&receiving)
            outcome = next
            guard case .done = next else { break }
            all.append(bytes)
        }
        end.ring.take(receiving)
        // Decoded without the lock: it may take long, and it may fail.
        for bytes in all { elements.append(try format.element(of: bytes)) }
        return outcome
    }

    @inlinable
    func nextInPlace(_ receiving: inout RingReceiving) -> (RingOutcome, Element?) {
        unsafe withUnsafeTemporaryAllocation(of: Element.self, capacity: 1) { buffer in
            let bytes = unsafe UnsafeMutableRawBufferPointer(
                start: buffer.baseAddress, count: MemoryLayout<Element>.size)
            let outcome = unsafe end.ring.next(into: bytes, &receiving)
            guard case .done = outcome, let place = buffer.baseAddress else { return (outcome, nil) }
            // Its bytes, all of them, were just copied there; the format says that they are the element.
            return unsafe (.done, place.move())
        }
    }
}
