// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Payloads for which even the pages for large ones have no room lie behind everything else in the file, at offsets
/// that only grow, and are written and read without being mapped.
///
/// Producers write them in the order of the records, whole pages each, and count up `hugeEnd` before they publish. A
/// consumer that has taken one gives back everything up to its end: also what producers have left that died
/// before they published, and consumers that died before they gave back.
extension SharedRing {
    private static let lastByte = UInt64(1) << 62

    func appendHuge(_ bytes: UnsafeRawBufferPointer, to sending: inout RingSending) -> RingOutcome {
        let outcome = makeRoom(for: Self.referenceByteCount, in: &sending)
        guard outcome == .done else { return outcome }
        let begin = hugeEnd.value
        let extent = Mapping.wholePages(bytes.count)
        guard isHugePlace(begin) else { return .corrupted }
        guard hasRoomForHuge(extent, at: begin) || isEmpty(&sending) else { return .notNow }
        do {
            try file.reserve(Int(begin), extent)
            RingStep.reached(.producerHasReserved)
            // The caller's bytes, which are only read.
            unsafe try file.write(bytes, at: Int(begin))
        } catch {
            file.discard(Int(begin), extent)
            return .failed(code: error.code)
        }
        RingStep.reached(.producerHasSpilled)
        hugeEnd.store(begin + UInt64(extent))
        RingStep.reached(.producerHasAdvanced)
        place(reference: begin, bytes.count, .huge, in: &sending)
        return .done
    }

    /// The same with a payload that is made first.
    func appendHuge<Failure: Error>(
        _ byteCount: Int, to sending: inout RingSending,
        filling fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) -> RingOutcome {
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var failure: Failure?
        unsafe bytes.withUnsafeMutableBytes { buffer in
            // The array's own memory, within the closure.
            do throws(Failure) { try unsafe fill(buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return unsafe bytes.withUnsafeBytes { unsafe appendHuge($0, to: &sending) }
    }

    private func isHugePlace(_ offset: UInt64) -> Bool {
        offset >= hugeBegin && offset < Self.lastByte && offset % UInt64(Mapping.pageByteCount) == 0
    }

    func hasRoomForHuge(_ extent: Int, at begin: UInt64) -> Bool {
        let outstanding = begin &- min(begin, hugeTaken.value)
        return outstanding &+ UInt64(extent) <= UInt64(parameters.hugeByteCount)
    }

    /// A huge payload, if the file really holds that much: then so much memory there is.
    func huge(at reference: UnsafeMutableRawPointer) -> (RingOutcome, RingRecord) {
        // Two words within the ring, each read once.
        let begin = unsafe SharedWideWord(at: reference).value
        let length = unsafe SharedWideWord(at: reference + 8).value
        guard isHugePlace(begin), length < Self.lastByte, let counts = try? file.byteCounts(),
            begin + length <= UInt64(counts.size), length <= UInt64(counts.reserved)
        else { return (.corrupted, RingRecord()) }
        let units = Self.units(for: Self.referenceByteCount)
        return unsafe (.done, RingRecord(units: units, length: Int(length), hugeBegin: Int(begin)))
    }

    func nextHuge(_ record: RingRecord, _ receiving: inout RingReceiving) -> (RingOutcome, [UInt8]) {
        var failure = RingOutcome.done
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: record.length) { buffer, count in
            // `read` fills the whole buffer or answers false; there is capacity for at least so much.
            let target = unsafe UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: record.length)
            do throws(SystemError) {
                if unsafe try file.read(into: target, at: record.hugeBegin) {
                    count = record.length
                } else {
                    failure = .corrupted
                }
            } catch {
                failure = .failed(code: error.code)
            }
        }
        if failure != .done { return (failure, []) }
        skip(record, in: &receiving)
        return (.done, bytes)
    }

    /// Gives the system back what has been read, and all that lies before it.
    func giveBack(upTo end: UInt64) {
        let known = hugeTaken.value
        // A peer may have written anything there.
        let begin = isHugePlace(known) && known < end ? known : hugeBegin
        if begin < end { file.discard(Int(begin), Int(end - begin)) }
        hugeTaken.store(end)
        RingStep.reached(.consumerHasPunched)
    }
}
