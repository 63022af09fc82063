// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A bounded queue of byte strings in shared memory, many to many, that outlives the death of anybody who uses it.
///
/// README.md says what lies where, who writes it, and why that is right. In short: producers exclude one another by
/// a lock, consumers by another; each publishes all it did by one store of one word, so that a process which dies
/// anywhere has done something completely or not at all, and nothing has to be repaired.
///
/// Whatever a peer writes into the memory, this process answers with an error or a wrong value: each number is
/// read once, checked, and then used.
@usableFromInline
@safe final class SharedRing: Sendable {
    /// What a ring was made for, as it stands in its memory.
    struct Parameters: Equatable, Sendable {
        /// How many records there may be at once.
        var capacity: Int
        /// How many bytes of records, heads included: a power of two.
        var ringByteCount: Int
        /// How many bytes there are for larger ones, in whole pages: a power of two, or 0.
        var largeByteCount: Int
        /// How many bytes of still larger ones may lie behind all that.
        var hugeByteCount: Int
        /// What is in the records: a number of the caller's, and the size if all have the same.
        var format: UInt32
        var elementByteCount: Int
        /// A number that stands for the elements' type.
        var type: UInt64
    }

    /// Where in the memory's first page things lie; those that different sides write are 128 bytes apart.
    enum Place {
        static let head = 0
        static let producers = 128
        static let tail = 256
        static let consumers = 384
        static let front = 512
        static let receiversAsleep = 640
        static let sendersAsleep = 768
        static let departures = 896
        static let done = 1024
    }

    /// Before every record: its length (4) and its kind (4).
    static let recordHeadByteCount = 8
    /// The payload of a record that says where the payload is: offset (8) and length (8).
    static let referenceByteCount = 16
    static let mostRingBytes = 1 << 32

    let file: MemoryFile
    let mapping: Mapping
    /// A second one for the large payloads; nil if there is no room for any.
    let largeMapping: Mapping?
    // @safe: the addresses are those of the mappings, for the object's life.
    nonisolated(unsafe) let ringBase: UnsafeMutableRawPointer
    nonisolated(unsafe) let largeBase: UnsafeMutableRawPointer?
    let parameters: Parameters
    /// The units of 8 bytes of the ring, less one.
    let mask: UInt32
    /// Longer ones do not lie in the ring itself.
    let longestInline: Int
    /// Where in the file the pages for large payloads begin, and where huge ones do.
    let largeBegin: Int
    let hugeBegin: UInt64

    let producers: OwnerLock
    let consumers: OwnerLock
    /// The producers' word, and the consumers'.
    let tail: SharedWideWord
    let front: SharedWideWord
    /// The producers' copy of the consumers' word, and the other way round: caches, refreshed when they do not do.
    let knownFront: SharedWideWord
    let knownTail: SharedWideWord
    /// Up to where large payloads have been placed (by producers), and been taken: counts of bytes that go on for ever.
    let largeEnd: SharedWideWord
    let largeTaken: SharedWideWord
    /// The same for huge ones, as offsets in the file.
    let hugeEnd: SharedWideWord
    let hugeTaken: SharedWideWord
    let receiversAsleep: SharedWord
    /// Senders of what fits into the ring, and of what does not: they wait for different room.
    let sendersAsleep: SharedWord
    let largeSendersAsleep: SharedWord
    let joinersAsleep: SharedWord
    /// How many handles have gone, wrapping: a hint to look whether a whole side has.
    let departures: SharedWord
    /// How many records have been declared done.
    let doneCount: SharedWord
    let habits = RingHabits()
    /// How many of the pages for large payloads this process has reserved.
    let reservedLargeByteCount = Atomic(0)

    private init(_ file: MemoryFile, _ parameters: Parameters) throws(SystemError) {
        self.file = file
        self.parameters = parameters
        mapping = try Mapping(
            mirroring: file, headByteCount: Mapping.pageByteCount, ringByteCount: parameters.ringByteCount)
        largeMapping =
            parameters.largeByteCount == 0
            ? nil : try Mapping(of: file, byteCount: parameters.mappedByteCount, isWritable: true)
        largeBegin = Mapping.pageByteCount + parameters.ringByteCount
        hugeBegin = UInt64(parameters.mappedByteCount)
        // Within the mappings, by their sizes.
        unsafe ringBase = mapping.base + Mapping.pageByteCount
        unsafe largeBase = largeMapping.map { unsafe $0.base + Mapping.pageByteCount + parameters.ringByteCount }
        mask = UInt32(parameters.ringByteCount / 8 - 1)
        // All of the same size find room for as many as the capacity says, so none of them is large.
        longestInline = parameters.elementByteCount > 0 ? .max : parameters.ringByteCount / 4
        producers = OwnerLock(in: mapping, at: Place.producers)
        consumers = OwnerLock(in: mapping, at: Place.consumers)
        tail = mapping.wideWord(at: Place.tail)
        front = mapping.wideWord(at: Place.front)
        knownFront = mapping.wideWord(at: Place.producers + 16)
        largeEnd = mapping.wideWord(at: Place.producers + 24)
        hugeEnd = mapping.wideWord(at: Place.producers + 32)
        knownTail = mapping.wideWord(at: Place.consumers + 16)
        largeTaken = mapping.wideWord(at: Place.consumers + 24)
        hugeTaken = mapping.wideWord(at: Place.consumers + 32)
        receiversAsleep = mapping.word(at: Place.receiversAsleep)
        sendersAsleep = mapping.word(at: Place.sendersAsleep)
        largeSendersAsleep = mapping.word(at: Place.sendersAsleep + 4)
        departures = mapping.word(at: Place.departures)
        doneCount = mapping.word(at: Place.done)
        joinersAsleep = mapping.word(at: Place.done + 4)
    }

    /// Makes an empty ring.
    convenience init(_ parameters: Parameters) throws(SharedMemoryError) {
        do {
            let file = try MemoryFile(named: "queue")
            try file.grow(to: Mapping.pageByteCount + parameters.ringByteCount)
            // The pages for large payloads are reserved when they are used first.
            try file.size(to: parameters.mappedByteCount)
            // It may grow, for huge payloads, but never shrink under a mapping.
            try file.seal([.shrink, .seals])
            try self.init(file, parameters)
        } catch {
            throw .system(error)
        }
        hugeEnd.store(hugeBegin)
        hugeTaken.store(hugeBegin)
        RingHead(mapping).write(parameters)
    }

    /// Uses a ring that another process made. Nothing of what it says about itself is believed unchecked.
    convenience init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        let file = MemoryFile(adopting: descriptor)
        let parameters = try RingHead.parameters(in: file)
        do { try self.init(file, parameters) } catch { throw .system(error) }
    }

    /// What travels: all else is in the memory itself.
    var descriptor: DescriptorHandle { file.descriptor }

    /// How many records there are at this moment. Exact only while nobody sends or receives.
    @usableFromInline var count: Int {
        // In this order: the other side's word can only be farther on than when the first was read.
        let taken = RingWord(front.value)
        let placed = RingWord(tail.value)
        return min(Int(placed.lead(over: taken).records), parameters.capacity)
    }

    @usableFromInline var capacity: Int { parameters.capacity }

    var isFinished: Bool { RingWord(tail.value).isFinished }

    /// Whether a consumer would find something to do.
    var isWorthReceiving: Bool {
        let placed = RingWord(tail.latest)
        return placed.position != RingWord(front.latest).position || placed.isFinished
    }

    /// Whether a producer of a record with so many bytes would find something to do.
    func isWorthSending(_ byteCount: Int) -> Bool {
        let placed = RingWord(tail.latest)
        let (used, records) = placed.lead(over: RingWord(front.latest))
        if placed.isFinished || used > mask + 1 { return true }
        let isLarge = byteCount > longestInline
        let inRing = isLarge ? Self.referenceByteCount : byteCount
        guard records < UInt32(capacity), Self.units(for: inRing) <= mask + 1 - used else { return false }
        if !isLarge || used == 0 { return true }
        let extent = Mapping.wholePages(byteCount)
        return isForLargePages(extent)
            ? largePlace(extent, isEmpty: false) != nil : hasRoomForHuge(extent, at: hugeEnd.value)
    }

    func wakeReceiver() { Self.wakeOne(receiversAsleep) }

    func wakeSender() {
        Self.wakeOne(sendersAsleep)
        Self.wakeOne(largeSendersAsleep)
    }

    /// After a change that a sleeper may wait for. In one order with its mark, see README.md.
    private static func wakeOne(_ asleep: SharedWord) {
        guard asleep.latest != 0, asleep.exchange(0) != 0 else { return }
        asleep.wake(atMost: 1)
    }

    /// Nothing can be sent any more, by anybody. One step in the order of all that was sent: what came before is
    /// received, what comes after is refused.
    func finish() {
        tail.set(RingWord.finished)
        wakeEverybody()
    }

    func wakeEverybody() {
        for word in [receiversAsleep, sendersAsleep, largeSendersAsleep, joinersAsleep] {
            word.store(0)
            word.wake()
        }
    }

    /// The address of a position in the first copy of the ring; the whole ring can be touched from there.
    @inline(__always)
    func address(of position: UInt32) -> UnsafeMutableRawPointer {
        // In bounds whatever the position is, because of the mask.
        unsafe ringBase + Int(position & mask) * 8
    }
}

extension SharedRing.Parameters {
    /// Head, ring and the pages for large payloads.
    var mappedByteCount: Int { Mapping.pageByteCount + ringByteCount + largeByteCount }
}
