// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What one producer is about to publish; it has the producers' lock from `beginSending` to `publish` or `abandon`.
@usableFromInline
struct RingSending: ~Copyable {
    /// The word as it was found, and as it shall be.
    let found: RingWord
    var next: RingWord
    /// The consumers' word as far as it is known.
    var front: RingWord
}

extension SharedRing {
    /// nil: another producer is at it.
    @usableFromInline
    func beginSending() -> RingSending? {
        guard let acquisition = producers.acquireAtOnce() else { return nil }
        // Nothing to repair: what the dead one had not published is not there.
        if acquisition == .fromTheDead { producers.markRepaired() }
        RingStep.reached(.producerHasLock)
        // Only producers write it, so this one's own look is the newest.
        let found = RingWord(tail.value)
        return RingSending(found: found, next: found, front: RingWord(knownFront.value))
    }

    /// Places one more record, which nobody sees yet.
    @usableFromInline
    func append(_ bytes: UnsafeRawBufferPointer, to sending: inout RingSending) -> RingOutcome {
        if bytes.count > longestInline, !isForLargePages(bytes.count) { return unsafe appendHuge(bytes, to: &sending) }
        return unsafe append(bytes.count, to: &sending) { target in
            // As many bytes as were asked for; nobody else writes there.
            unsafe target.copyMemory(from: bytes)
        }
    }

    /// The same with a payload that is made in place. When that fails, nothing has been placed.
    @inline(__always)
    func append<Failure: Error>(
        _ byteCount: Int, to sending: inout RingSending,
        filling fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> RingOutcome {
        if byteCount > longestInline { return try unsafe appendElsewhere(byteCount, to: &sending, filling: fill) }
        let outcome = makeRoom(for: byteCount, in: &sending)
        guard outcome == .done else { return outcome }
        // There is room for this many bytes, as has just been checked.
        let payload = unsafe address(of: sending.next.position) + Self.recordHeadByteCount
        try unsafe fill(UnsafeMutableRawBufferPointer(start: payload, count: byteCount))
        place(length: byteCount, .inline, in: &sending)
        return .done
    }

    /// Finds out whether a record of this payload fits.
    func makeRoom(for byteCount: Int, in sending: inout RingSending) -> RingOutcome {
        if sending.found.isFinished { return .finished }
        let units = Self.units(for: byteCount)
        if fits(units, sending) { return .done }
        // Now the truth: the consumers may be farther on.
        sending.front = RingWord(front.latest)
        knownFront.store(sending.front.bits)
        let (used, records) = sending.next.lead(over: sending.front)
        guard used <= mask + 1, records <= UInt32(capacity) else { return .corrupted }
        return fits(units, sending) ? .done : .notNow
    }

    private func fits(_ units: UInt32, _ sending: borrowing RingSending) -> Bool {
        let (used, records) = sending.next.lead(over: sending.front)
        return used <= mask + 1 && units <= mask + 1 - used && records < UInt32(capacity)
    }

    /// Writes the head of the record whose payload is in place.
    func place(length: Int, _ kind: RecordKind, in sending: inout RingSending) {
        // Room for at least the head was found before.
        let head = unsafe SharedWideWord(at: address(of: sending.next.position))
        head.store(UInt64(kind.rawValue) << 32 | UInt64(UInt32(truncatingIfNeeded: length)))
        sending.next = sending.next.advanced(units: Self.units(for: length))
        RingStep.reached(.producerHasCopied)
    }

    /// What is in a record; nothing else is written, and anything else is refused.
    enum RecordKind: UInt32 {
        /// The payload itself.
        case inline = 1
        /// Where the payload lies among the pages for large ones (8), and how long it is (8).
        case large
        /// Where in the file the payload lies (8), and how long it is (8).
        case huge
    }

    /// A record's size: its head, its payload, and up to 7 bytes that nobody reads.
    static func units(for byteCount: Int) -> UInt32 { UInt32(truncatingIfNeeded: (byteCount + 7) / 8 + 1) }

    /// Shows everybody what was placed, in one step, and lets the next producer in.
    @usableFromInline
    func publish(_ sending: consuming RingSending) -> RingOutcome {
        if sending.next == sending.found {
            producers.release()
            return .done
        }
        // Releases the payload; and in one order with the receivers' marks, so that either they see this or we see them.
        let (isPublished, original) = tail.replace(sending.found.bits, by: sending.next.bits)
        RingStep.reached(.producerHasPublished)
        producers.release()
        RingStep.reached(.producerHasReleased)
        if isPublished {
            wakeReceiver()
            RingStep.reached(.producerHasWoken)
            return .done
        }
        // Nobody but `finish` writes the word without the lock.
        return RingWord(original).isFinished ? .finished : .corrupted
    }

    /// Leaves everything as it was.
    @usableFromInline
    func abandon(_ sending: consuming RingSending) {
        producers.release()
    }

    /// One record, now or not.
    @usableFromInline
    func trySend(_ bytes: UnsafeRawBufferPointer) -> RingOutcome {
        guard var sending = beginSending() else { return .busy }
        let outcome = unsafe append(bytes, to: &sending)
        guard outcome == .done else {
            abandon(sending)
            return outcome
        }
        return publish(sending)
    }
}
