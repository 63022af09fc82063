// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Memory of a fixed size from which several processes take blocks and to which they give them back.
///
/// One mapping and one descriptor for any number of small things whose sizes are known late. A block is a place and a
/// size, and means the same in every process that has the heap; send it beside the heap or in any message. Who has
/// allocated a block owns it until it is freed, by whomever: the heap does not synchronize what is inside, and does not
/// know its type. For a few values use ``SharedValue`` or ``SharedMutex``, for many of one type ``SharedArray``.
///
/// A process that dies in the middle of a call leaves the heap whole; what it had allocated stays allocated until somebody
/// frees it or the heap goes with its last handle. Blocks begin at multiples of 16 bytes, cost 16 bytes each, and are found
/// by first fit: a call looks at every block in front of the one that it finds.
public struct SharedHeap: Sendable {
    /// A part of a heap that somebody has allocated.
    public struct Block: Hashable, Sendable, Codable {
        /// Of its first byte from the heap's beginning; a multiple of 16.
        public let offset: Int

        /// As it was asked for.
        public let byteCount: Int
    }

    private let memory: GuardedMemory
    private let blocks: HeapBlocks

    /// Makes a heap of this many bytes, the blocks' own 16 each included.
    ///
    /// - Throws: `.invalidByteCount` for less than 1; `.system` when the space cannot be had.
    public init(byteCount: Int) throws(SharedMemoryError) {
        guard byteCount > 0, byteCount <= Int.max / 4 else { throw .invalidByteCount(byteCount) }
        let size = (byteCount + 31) & ~15
        self.init(try SharedObject(.heap, payloadByteCount: Self.headByteCount + size))
        blocks.begin()
    }

    private init(_ object: SharedObject) {
        memory = GuardedMemory(object, of: UInt64.self)
        let byteCount = (object.payloadByteCount - Self.headByteCount) & ~15
        blocks = HeapBlocks(mapping: object.mapping, begin: SharedObject.headByteCount + Self.headByteCount, byteCount)
    }

    /// The lock, which lies in front of the blocks.
    private static let headByteCount = OwnerLock.byteCount

    /// How many bytes there are in all.
    public var byteCount: Int { blocks.units * 16 }

    /// Takes a block, whose bytes are whatever they were. Waits for the heap's lock on the calling thread.
    ///
    /// - Throws: `.full` with the size of the largest block that could be had; `.invalidByteCount`; `.corrupted`.
    @available(*, noasync, message: "it may hold the thread: use the asynchronous form, with await")
    public func allocate(byteCount: Int) throws(SharedHeapError) -> Block {
        try locked { () throws(SharedHeapError) in try blocks.allocate(byteCount) }
    }

    /// The same without holding a thread while it waits for the lock.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func allocate(byteCount: Int) async throws(SharedHeapError) -> Block {
        try await whenLocked { () throws(SharedHeapError) in try blocks.allocate(byteCount) }
    }

    /// Gives a block back, whoever allocated it. Free neighbours become one.
    ///
    /// - Throws: `.notAllocated` for what is no block, or has been freed already; `.corrupted`.
    @available(*, noasync, message: "it may hold the thread: use the asynchronous form, with await")
    public func free(_ block: Block) throws(SharedHeapError) {
        try locked { () throws(SharedHeapError) in try blocks.free(block) }
    }

    /// The same without holding a thread while it waits for the lock.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func free(_ block: Block) async throws(SharedHeapError) {
        try await whenLocked { () throws(SharedHeapError) in try blocks.free(block) }
    }

    /// The size of the largest block that could be allocated now; waits for the lock on the calling thread.
    ///
    /// - Throws: `.corrupted`.
    @available(*, noasync, message: "it may hold the thread: use the asynchronous form, with await")
    public func largestFreeByteCount() throws(SharedHeapError) -> Int {
        try locked { () throws(SharedHeapError) in try blocks.largestFreeByteCount() }
    }

    /// The same without holding a thread while it waits for the lock.
    ///
    /// - Throws: As the blocking form, or `.cancelled`.
    public nonisolated(nonsending) func largestFreeByteCount() async throws(SharedHeapError) -> Int {
        try await whenLocked { () throws(SharedHeapError) in try blocks.largestFreeByteCount() }
    }

    /// The bytes of a block. That it is allocated, and that nobody else uses it at the same time, is the caller's
    /// duty; that it lies within the heap is checked.
    public func withUnsafeMutableBytes<Result, Failure: Error>(
        of block: Block, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(blocks.contains(block), "a block outside its heap")
        defer { extendLifetime(memory) }
        // In bounds, as just checked, and mapped while the object lives.
        let start = unsafe memory.object.mapping.base + blocks.start + block.offset
        return try unsafe body(UnsafeMutableRawBufferPointer(start: start, count: block.byteCount))
    }

    private func locked<Result>(_ body: () throws(SharedHeapError) -> Result) throws(SharedHeapError) -> Result {
        // Nothing to repair after a death: every change of the blocks is one store.
        if case .fromTheDead = memory.acquire(nil) { memory.markRepaired() }
        defer { memory.release() }
        return try body()
    }

    private nonisolated(nonsending) func whenLocked<Result>(
        _ body: () throws(SharedHeapError) -> Result
    ) async throws(SharedHeapError) -> Result {
        let result: Result
        do throws(SharedLockError<SharedHeapError>) {
            result = try await memory.suspend(nil) { grant throws(SharedLockError<SharedHeapError>) in
                if case .fromTheDead = grant { memory.markRepaired() }
                do throws(SharedHeapError) { return try body() } catch { throw .body(error) }
            }
        } catch {
            // There is no time limit, and a death is no matter here.
            guard case .body(let failure) = error else { throw .cancelled }
            throw failure
        }
        return result
    }
}

extension SharedHeap: Codable {
    public init(from decoder: any Decoder) throws {
        self.init(
            try SharedObject(adopting: DescriptorHandle(from: decoder), .heap) { $0 >= Self.headByteCount + 32 })
    }

    public func encode(to encoder: any Encoder) throws { try memory.object.descriptor.encode(to: encoder) }
}

/// Why a heap gave no block, or took none back.
public enum SharedHeapError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No free part is large enough; `largest` could be had.
    case full(largest: Int)

    /// A size that no block can have.
    case invalidByteCount(Int)

    /// What was to be freed is not allocated.
    case notAllocated(offset: Int)

    /// Somebody has written over the heap's own numbers.
    case corrupted

    /// The task was cancelled while it waited for the heap's lock.
    case cancelled

    public var description: String {
        switch self {
        case .full(let largest):
            "could not allocate a block: the heap is full, \(largest) bytes could be had; make it larger or free some"
        case .invalidByteCount(let count): "could not allocate a block of \(count) bytes"
        case .notAllocated(let offset): "could not free the block at \(offset): it is not allocated"
        case .corrupted: "could not use the heap: its own numbers were overwritten"
        case .cancelled: "stopped waiting for the heap: the task was cancelled"
        }
    }
}
