// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What one consumer is about to take; it has the consumers' lock from `beginReceiving` to `take` or `leave`.
@usableFromInline
struct RingReceiving: ~Copyable {
    let found: RingWord
    var next: RingWord
    /// The producers' word as far as it is known.
    var tail: RingWord
    /// Up to where the large and huge payloads that were read reach.
    var largeTaken: UInt64?
    var hugeTaken: UInt64?
}

/// A record whose numbers have been checked: all of it lies within what has been published.
@safe struct RingRecord {
    // @safe: the address is used while its consumer has the lock, hence the ring.
    var units: UInt32 = 0
    /// Of the payload.
    var length = 0
    /// Where that lies; nil: in the file only.
    var payload: UnsafeMutableRawPointer?
    var largeTaken: UInt64?
    /// Where in the file.
    var hugeBegin = 0
}

extension SharedRing {
    /// nil: another consumer is at it.
    @usableFromInline
    func beginReceiving() -> RingReceiving? {
        guard let acquisition = consumers.acquireAtOnce() else { return nil }
        // Nothing to repair: what the dead one had not taken is still there.
        if acquisition == .fromTheDead { consumers.markRepaired() }
        RingStep.reached(.consumerHasLock)
        let found = RingWord(front.value)
        return RingReceiving(found: found, next: found, tail: RingWord(knownTail.value))
    }

    /// Looks at the next record.
    func look(_ receiving: inout RingReceiving) -> (RingOutcome, RingRecord) {
        if receiving.tail.position == receiving.next.position {
            receiving.tail = RingWord(tail.latest)
            knownTail.store(receiving.tail.bits)
            if receiving.tail.position == receiving.next.position {
                return (receiving.tail.isFinished ? .finished : .notNow, RingRecord())
            }
        }
        let (used, records) = receiving.tail.lead(over: receiving.next)
        guard used <= mask + 1, (1...UInt32(capacity)).contains(records) else { return (.corrupted, RingRecord()) }
        let place = unsafe address(of: receiving.next.position)
        // Read once: a peer may write it again at any time. In bounds, as positions always are.
        let head = unsafe SharedWideWord(at: place).value
        let length = Int(UInt32(truncatingIfNeeded: head))
        RingStep.reached(.consumerHasSeen)
        let units = Self.units(for: length)
        guard units <= used, length <= parameters.ringByteCount else { return (.corrupted, RingRecord()) }
        let payload = unsafe place + Self.recordHeadByteCount
        switch RecordKind(rawValue: UInt32(head >> 32)) {
        case .inline: return unsafe (.done, RingRecord(units: units, length: length, payload: payload))
        case .large where length == Self.referenceByteCount: return unsafe large(at: payload)
        case .huge where length == Self.referenceByteCount: return unsafe huge(at: payload)
        default: return (.corrupted, RingRecord())
        }
    }

    /// Goes on behind a record.
    func skip(_ record: RingRecord, in receiving: inout RingReceiving) {
        receiving.next = receiving.next.advanced(units: record.units)
        if let end = record.largeTaken { receiving.largeTaken = end }
        if record.hugeBegin != 0 { receiving.hugeTaken = UInt64(record.hugeBegin + Mapping.wholePages(record.length)) }
        RingStep.reached(.consumerHasCopied)
    }

    /// Copies a payload of exactly this size out.
    @usableFromInline
    func next(into buffer: UnsafeMutableRawBufferPointer, _ receiving: inout RingReceiving) -> RingOutcome {
        let (outcome, record) = look(&receiving)
        guard outcome == .done else { return outcome }
        let payload = unsafe record.payload
        guard let payload = unsafe payload, record.length == buffer.count else {
            skip(record, in: &receiving)
            return .wrongSize
        }
        // Both have the same size, as just checked.
        if let target = buffer.baseAddress { unsafe target.copyMemory(from: payload, byteCount: record.length) }
        skip(record, in: &receiving)
        return .done
    }

    /// Uses a payload of any size where it lies. When that fails, it is not taken.
    func next<Result>(
        _ receiving: inout RingReceiving, using use: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> (RingOutcome, Result?) {
        let (outcome, record) = look(&receiving)
        guard outcome == .done else { return (outcome, nil) }
        let result: Result
        if let payload = unsafe record.payload {
            // Checked by `look`: all of it is mapped.
            result = try unsafe use(UnsafeRawBufferPointer(start: payload, count: record.length))
            skip(record, in: &receiving)
            return (.done, result)
        }
        let (read, bytes) = nextHuge(record, &receiving)
        guard read == .done else { return (read, nil) }
        // The copy's memory, within the closure.
        result = try unsafe bytes.withUnsafeBytes { try unsafe use($0) }
        return (.done, result)
    }

    /// Copies a payload of any size out.
    @usableFromInline
    func next(_ receiving: inout RingReceiving) -> (RingOutcome, [UInt8]) {
        let (outcome, record) = look(&receiving)
        guard outcome == .done else { return (outcome, []) }
        guard let payload = unsafe record.payload else { return nextHuge(record, &receiving) }
        // Checked by `look`: all of it is mapped.
        let bytes = unsafe Array(UnsafeRawBufferPointer(start: payload, count: record.length))
        skip(record, in: &receiving)
        return (.done, bytes)
    }

    /// Makes the room of what was read free, in one step, and lets the next consumer in.
    @usableFromInline
    func take(_ receiving: consuming RingReceiving) {
        if receiving.next == receiving.found {
            consumers.release()
            return
        }
        // In one order with the senders' marks, so that either they see this or we see them.
        _ = front.exchange(receiving.next.bits)
        RingStep.reached(.consumerHasTaken)
        if let end = receiving.largeTaken { largeTaken.store(end) }
        if let end = receiving.hugeTaken { giveBack(upTo: end) }
        consumers.release()
        RingStep.reached(.consumerHasReleased)
        wakeSender()
        RingStep.reached(.consumerHasWoken)
    }

    /// Leaves everything as it was.
    @usableFromInline
    func leave(_ receiving: consuming RingReceiving) {
        consumers.release()
    }

    /// One record of exactly this size, now or not.
    @usableFromInline
    func tryReceive(into buffer: UnsafeMutableRawBufferPointer) -> RingOutcome {
        guard var receiving = beginReceiving() else { return .busy }
        let outcome = unsafe next(into: buffer, &receiving)
        take(receiving)
        return outcome
    }

    /// One record of any size, now or not.
    @usableFromInline
    func tryReceive() -> (RingOutcome, [UInt8]) {
        guard var receiving = beginReceiving() else { return (.busy, []) }
        let result = next(&receiving)
        take(receiving)
        return result
    }
}
