// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a worker and its parent share: a pipe in each direction, what becomes of each piece of work, and calls.
///
/// The layout is fixed; both sides are the same program.
struct WorkerMemory: Sendable {
    private static let callsOffset = 0
    private static let depthOffset = 4
    private static let slotsOffset = 1024
    private static let toWorkerHead = slotsOffset + WorkSlots.byteCount
    private static let fromWorkerHead = toWorkerHead + SharedPipe.headByteCount
    private static let toWorkerData = 8192
    private static let capacity = 64 << 10
    private static let fromWorkerData = toWorkerData + capacity
    private static let byteCount = fromWorkerData + capacity

    /// Work, and what goes with it.
    let toWorker: SharedPipe
    /// Answers.
    let fromWorker: SharedPipe
    let slots: WorkSlots
    /// Counts the parent's calls; the low byte of each is the slot of the work that it is about.
    let calls: SharedWord
    /// How many workers are above this one, itself included.
    let depth: SharedWord

    private init(_ mapping: Mapping) {
        toWorker = SharedPipe(
            in: mapping, head: Self.toWorkerHead, data: Self.toWorkerData, capacity: Self.capacity)
        fromWorker = SharedPipe(
            in: mapping, head: Self.fromWorkerHead, data: Self.fromWorkerData, capacity: Self.capacity)
        slots = WorkSlots(in: mapping, at: Self.slotsOffset)
        calls = mapping.word(at: Self.callsOffset)
        depth = mapping.word(at: Self.depthOffset)
    }

    /// New memory, and the file that takes it to the worker. Its pages exist when they are first used: a worker with short
    /// messages costs a few.
    static func make() throws(SystemError) -> (memory: WorkerMemory, file: MemoryFile) {
        let file = try MemoryFile(named: "multiprocessing worker")
        try file.size(to: byteCount)
        try file.seal([.shrink, .grow])
        let memory = WorkerMemory(try Mapping(of: file, byteCount: byteCount, isWritable: true))
        // Nobody reads yet: the first bytes ring the bell.
        memory.fromWorker.readerSleeps.store(1)
        return (memory, file)
    }

    /// The memory that a parent has sent.
    init(of file: MemoryFile) throws(SystemError) {
        guard try file.byteCount() == Self.byteCount, file.seals.contains(.shrink) else {
            throw SystemError("map a worker's memory", code: SystemError.brokenProtocol)
        }
        self.init(try Mapping(of: file, byteCount: Self.byteCount, isWritable: true))
    }

    /// Parent: calls the worker away from a piece of work.
    func call(about slot: UInt32) {
        calls.store((calls.value & ~0xff) &+ 0x100 | (slot & 0xff))
        calls.wake()
    }
}

/// What becomes of the pieces of work that a worker has been sent: written by both sides, decided by whoever is first.
///
/// Rules:
/// 1. A slot belongs to one piece of work from its sending to its answer.
/// 2. `sent` becomes `begun` by the worker or `recalled` by the parent, never both.
/// 3. After the worker's end the slots say which work it had begun.
/// 4. Of a parcel that has begun, the parent may take back what has not: the worker looks between two works.
struct WorkSlots: Sendable {
    static let count = 64
    /// State (4), nothing (4), when it began (8), how long it ran (8), room to a power of two.
    private static let stride = 32
    static let byteCount = count * stride

    private static let sent: UInt32 = 1
    private static let begun: UInt32 = 2
    private static let recalled: UInt32 = 3
    private static let shortened: UInt32 = 4

    private let mapping: Mapping
    private let offset: Int

    init(in mapping: Mapping, at offset: Int) {
        self.mapping = mapping
        self.offset = offset
    }

    private func place(_ tag: UInt32) -> Int { offset + Int(tag) % Self.count * Self.stride }
    private func state(_ tag: UInt32) -> SharedWord { mapping.word(at: place(tag)) }
    private func beginning(_ tag: UInt32) -> SharedWideWord { mapping.wideWord(at: place(tag) + 8) }
    private func duration(_ tag: UInt32) -> SharedWideWord { mapping.wideWord(at: place(tag) + 16) }

    // MARK: The parent

    /// Before the work is sent.
    func markSent(_ tag: UInt32) { state(tag).store(Self.sent) }

    /// Takes the work back; false when it has begun.
    func recall(_ tag: UInt32) -> Bool { state(tag).replace(Self.sent, by: Self.recalled) }

    /// Whether the worker has begun it.
    func hasBegun(_ tag: UInt32) -> Bool { state(tag).value == Self.begun || state(tag).value == Self.shortened }

    /// Rule 4.
    func shorten(_ tag: UInt32) { state(tag).replace(Self.begun, by: Self.shortened) }

    /// When it began, in nanoseconds of the monotonic clock.
    func begin(_ tag: UInt32) -> Int64 { Int64(truncatingIfNeeded: beginning(tag).value) }

    /// How long it ran, in nanoseconds.
    func ran(_ tag: UInt32) -> Int64 { Int64(truncatingIfNeeded: duration(tag).value) }

    // MARK: The worker

    /// Begins the work; false when it was taken back.
    func begin(_ tag: UInt32, at now: Int64) -> Bool {
        beginning(tag).store(UInt64(bitPattern: now))
        return state(tag).replace(Self.sent, by: Self.begun)
    }

    /// Rule 4.
    func mayGoOn(_ tag: UInt32) -> Bool { state(tag).value == Self.begun }

    func finish(_ tag: UInt32, after nanoseconds: Int64) { duration(tag).store(UInt64(bitPattern: nanoseconds)) }
}
