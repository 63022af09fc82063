// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Payloads that would take too much of the ring lie in pages of their own, which are used in turn like a ring: so
/// they are in the memory already when the next one comes. The ring holds a reference.
extension SharedRing {
    /// A payload that does not go into the ring itself.
    func appendElsewhere<Failure: Error>(
        _ byteCount: Int, to sending: inout RingSending,
        filling fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> RingOutcome {
        let extent = Mapping.wholePages(byteCount)
        guard isForLargePages(extent) else { return try unsafe appendHuge(byteCount, to: &sending, filling: fill) }
        let outcome = makeRoom(for: Self.referenceByteCount, in: &sending)
        guard outcome == .done else { return outcome }
        guard let begin = largePlace(extent, isEmpty: false) ?? largePlace(extent, isEmpty: isEmpty(&sending)) else {
            return .notNow
        }
        let target: UnsafeMutableRawPointer
        do { unsafe target = try largeAddress(begin, extent) } catch { return .failed(code: error.code) }
        // The extent has at least as many bytes, and is nobody's until it is published.
        try unsafe fill(UnsafeMutableRawBufferPointer(start: target, count: byteCount))
        RingStep.reached(.producerHasSpilled)
        largeEnd.store(begin &+ UInt64(extent))
        RingStep.reached(.producerHasAdvanced)
        place(reference: begin, byteCount, .large, in: &sending)
        return .done
    }

    /// Whether it is large rather than huge.
    func isForLargePages(_ extent: Int) -> Bool {
        parameters.largeByteCount > 0 && extent <= parameters.largeByteCount / 2
    }

    /// Writes a record that says where the payload is; there is room for it.
    func place(reference: UInt64, _ byteCount: Int, _ kind: RecordKind, in sending: inout RingSending) {
        // Room for the head and 16 bytes was found.
        let record = unsafe address(of: sending.next.position) + Self.recordHeadByteCount
        unsafe SharedWideWord(at: record).store(reference)
        unsafe SharedWideWord(at: record + 8).store(UInt64(byteCount))
        place(length: Self.referenceByteCount, kind, in: &sending)
    }

    /// Whether nothing at all is waiting or about to be published. Then all room is free, whatever the dead have left.
    func isEmpty(_ sending: inout RingSending) -> Bool {
        sending.front = RingWord(front.latest)
        knownFront.store(sending.front.bits)
        return sending.next.position == sending.front.position
    }

    /// Where the next large payload would lie, as a count of bytes; nil: there is no room.
    ///
    /// Whatever stands in the two words, the answer lies within the pages.
    func largePlace(_ extent: Int, isEmpty: Bool) -> UInt64? {
        let all = UInt64(parameters.largeByteCount)
        let end = largeEnd.value & ~UInt64(Mapping.pageByteCount - 1)
        let rest = all - end & (all - 1)
        // It does not go around the end.
        let begin = UInt64(extent) <= rest ? end : end &+ rest
        let isFree = begin &+ UInt64(extent) &- largeTaken.value <= all
        return isFree || isEmpty ? begin : nil
    }

    /// Where the pages are, in memory that is there for certain.
    private func largeAddress(_ begin: UInt64, _ extent: Int) throws(SystemError) -> UnsafeMutableRawPointer {
        let offset = Int(begin & UInt64(parameters.largeByteCount - 1))
        // Relaxed: at worst it is reserved twice.
        if offset + extent > reservedLargeByteCount.load(ordering: .relaxed) {
            // Or touching it might be a signal.
            try file.reserve(largeBegin, offset + extent)
            reservedLargeByteCount.store(offset + extent, ordering: .relaxed)
            RingStep.reached(.producerHasReserved)
        }
        // In bounds, by `largePlace`; and there are such pages, by `isForLargePages`.
        return unsafe largeBase.unsafelyUnwrapped + offset
    }

    /// A large payload, if its reference lies within the pages.
    func large(at reference: UnsafeMutableRawPointer) -> (RingOutcome, RingRecord) {
        // Two words within the ring, each read once.
        let begin = unsafe SharedWideWord(at: reference).value
        let length = unsafe SharedWideWord(at: reference + 8).value
        let all = UInt64(parameters.largeByteCount)
        guard all > 0, length <= all, begin & (all - 1) + length <= all, let base = unsafe largeBase else {
            return (.corrupted, RingRecord())
        }
        // In bounds, as just checked.
        let payload = unsafe base + Int(begin & (all - 1))
        let end = begin &+ UInt64(Mapping.wholePages(Int(length)))
        return unsafe (
            .done,
            RingRecord(
                units: Self.units(for: Self.referenceByteCount), length: Int(length), payload: payload, largeTaken: end)
        )
    }
}
