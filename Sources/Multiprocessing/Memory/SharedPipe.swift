// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One direction of a conversation in shared memory: bytes in their order, from one writer to one reader.
///
/// It never waits. Who has nothing to do says so in a word of the memory and sleeps elsewhere; who then moves bytes is
/// told to wake the other side up. What the other side writes into the memory is not trusted: counts that cannot be make
/// the pipe broken, and nothing is read or written outside of it.
///
/// Rules:
/// 1. Both counts only grow; the bytes in the pipe are those from `read` to `written`.
/// 2. To sleep: set the own word, then look once more. To wake: move the count, then take the other's word. In one order
///    with all others, so that one of the two always sees the other.
@safe struct SharedPipe: @unchecked Sendable {
    // @unchecked: the pointer never changes and points into the mapping that is held here.
    private let mapping: Mapping
    private let written: SharedWideWord
    private let read: SharedWideWord
    /// 1 while the reader sleeps, or is about to.
    let readerSleeps: SharedWord
    /// 1 while the writer sleeps, or is about to.
    let writerSleeps: SharedWord
    private let base: UnsafeMutableRawPointer
    private let mask: UInt64

    /// What stands before the bytes: each count and word in a cache line of its own.
    static let headByteCount = 256

    /// A pipe in a mapping.
    /// - Parameters:
    ///   - head: Where its head is, a multiple of 64.
    ///   - data: Where its bytes are.
    ///   - capacity: How many bytes, a power of two.
    init(in mapping: Mapping, head: Int, data: Int, capacity: Int) {
        precondition(
            data + capacity <= mapping.byteCount && capacity.nonzeroBitCount == 1, "a pipe outside its mapping")
        self.mapping = mapping
        written = mapping.wideWord(at: head)
        read = mapping.wideWord(at: head + 64)
        readerSleeps = mapping.word(at: head + 128)
        writerSleeps = mapping.word(at: head + 192)
        unsafe base = mapping.base + data  // in bounds, as just checked
        mask = UInt64(capacity - 1)
    }

    private var capacity: UInt64 { mask + 1 }

    // MARK: The writer

    /// The writer's position, which only it knows until it publishes.
    struct WriterPlace {
        fileprivate var position: UInt64 = 0
        fileprivate var published: UInt64 = 0
        fileprivate var readerPosition: UInt64 = 0
    }

    /// Puts in what fits and answers how much that was; nobody sees it before `publish`. nil: broken.
    func put(_ bytes: UnsafeRawBufferPointer, at place: inout WriterPlace) -> Int? {
        if capacity - (place.position &- place.readerPosition) < UInt64(bytes.count) {
            place.readerPosition = read.latest
            guard place.position &- place.readerPosition <= capacity else { return nil }
        }
        let count = min(bytes.count, Int(capacity - (place.position &- place.readerPosition)))
        guard count > 0, let source = bytes.baseAddress else { return 0 }
        let offset = Int(place.position & mask)
        let first = min(count, Int(capacity) - offset)
        // In bounds: no more than the room that there is, in two parts around the end.
        unsafe (base + offset).copyMemory(from: source, byteCount: first)
        if first < count { unsafe base.copyMemory(from: source + first, byteCount: count - first) }
        place.position &+= UInt64(count)
        return count
    }

    /// Shows the reader what was put in. Answers whether the reader must be woken.
    func publish(_ place: inout WriterPlace) -> Bool {
        guard place.position != place.published else { return false }
        place.published = place.position
        _ = written.exchange(place.position)
        return readerSleeps.value == 1 && readerSleeps.exchange(0) == 1
    }

    /// Rule 2 for a writer that has no room: false when there is room after all, and it need not sleep.
    func sleepBeforeWriting(at place: WriterPlace) -> Bool {
        _ = writerSleeps.exchange(1)
        guard place.position &- read.latest < capacity else { return true }
        writerSleeps.store(0)
        return false
    }

    // MARK: The reader

    /// The reader's position.
    struct ReaderPlace {
        fileprivate var position: UInt64 = 0
    }

    /// How many bytes are there; nil: broken.
    func count(at place: ReaderPlace) -> Int? {
        let count = written.value &- place.position
        return count <= capacity ? Int(count) : nil
    }

    /// Appends at most so many bytes of those that are there. Answers whether the writer must be woken.
    func take(_ count: Int, at place: inout ReaderPlace, into buffer: inout [UInt8]) -> Bool {
        guard let available = self.count(at: place), available > 0 else { return false }
        let count = min(count, available)
        let offset = Int(place.position & mask)
        let first = min(count, Int(capacity) - offset)
        // In bounds: no more than is there, in two parts around the end. Copied before the room is given back.
        unsafe buffer.append(contentsOf: UnsafeRawBufferPointer(start: base + offset, count: first))
        if first < count { unsafe buffer.append(contentsOf: UnsafeRawBufferPointer(start: base, count: count - first)) }
        place.position &+= UInt64(count)
        _ = read.exchange(place.position)
        return writerSleeps.value == 1 && writerSleeps.exchange(0) == 1
    }

    /// Rule 2 for a reader that has nothing to read: false when there is something after all, and it need not sleep.
    func sleepBeforeReading(at place: ReaderPlace) -> Bool {
        _ = readerSleeps.exchange(1)
        guard written.latest == place.position else {
            readerSleeps.store(0)
            return false
        }
        return true
    }

    /// Looks for something to read so many times without giving the processor away.
    func spinBeforeReading(at place: ReaderPlace, turns: Int) -> Bool {
        written.spin(while: place.position, turns: turns)
    }
}
