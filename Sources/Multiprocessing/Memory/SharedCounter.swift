// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A count that many workers raise often, without contending for it.
///
/// It is spread over shards, each in cache lines of its own. A worker that counts much claims a shard for itself, and adds
/// to it as fast as to a variable:
///
///     var shard = counter.claimShard()               // once, in the worker
///     for … { shard?.add(1) }
///
/// Everybody else calls ``add(_:)``, an atomic addition on the shard of the present processor. A sum that lies beyond
/// the range of `Int` wraps around.
///
/// A process that dies loses nothing of what it has added; its shards are claimed anew by others, and what is in them stays.
/// It travels as a field of a work or of a message. For a value that is to be read as often as written use ``SharedAtomic``.
public struct SharedCounter: Sendable {
    let object: SharedObject
    private let openShards: Int
    private let claimableShards: Int

    /// Makes a counter at zero.
    ///
    /// - Parameter claimableShards: How many workers at most can claim a shard each at the same time. Each takes 128 bytes.
    /// - Throws: `.invalidByteCount` for a negative or absurd number; `.system` when the space cannot be had.
    public init(claimableShards: Int = 64) throws(SharedMemoryError) {
        guard (0...Self.mostShards).contains(claimableShards) else {
            throw .invalidByteCount(claimableShards.multipliedReportingOverflow(by: Self.lineByteCount).partialValue)
        }
        var openShards = 1
        while openShards < Processor.count, openShards < 1_024 { openShards *= 2 }
        self.openShards = openShards
        self.claimableShards = claimableShards
        object = try SharedObject(.counter, payloadByteCount: Self.offset(ofLine: openShards + claimableShards))
        object.wideWord(at: 0).store(UInt64(openShards))
        object.wideWord(at: 8).store(UInt64(claimableShards))
    }

    // Layout: the numbers of open shards (8; a power of two) and of claimable ones (8); from byte 128 of the memory
    // on one line of 128 bytes each, first the open shards and then the claimable ones: the count (8), the identity of the
    // process that has claimed it (8), unused. 128 and not 64, because processors fetch lines in pairs.

    private static let lineByteCount = 128
    private static let mostShards = 1 << 20

    private static func offset(ofLine index: Int) -> Int {
        lineByteCount - SharedObject.headByteCount + index * lineByteCount
    }

    /// Adds to the count, from any thread and process, without waiting. Relaxed: it orders nothing else.
    public func add(_ amount: Int = 1) {
        let line = Processor.current & (openShards - 1)
        object.wideWord(at: Self.offset(ofLine: line)).addRelaxed(UInt64(bitPattern: Int64(amount)))
    }

    /// The sum of all that was added before. What others add at the same time may be in it or not; when they have ended,
    /// and the caller knows (by their work's output, or by a lock), it is exact. Takes time in proportion to the
    /// number of shards.
    public var total: Int {
        let sum = (0..<openShards + claimableShards).reduce(UInt64(0)) {
            $0 &+ object.wideWord(at: Self.offset(ofLine: $1)).value
        }
        return Int(truncatingIfNeeded: sum)
    }

    /// A shard for the caller alone, until the value's life ends; nil when all are claimed by the living: use
    /// ``add(_:)`` then.
    ///
    /// A shard whose process has died is given out again, what it has counted stays.
    public func claimShard() -> Shard? {
        let caller = Identity.currentProcess.bits
        let lines = openShards..<openShards + claimableShards
        // First those that nobody has, which costs no system call to know.
        for line in lines where owner(ofLine: line).replace(0, by: caller).exchanged { return shard(line) }
        for line in lines {
            let seen = owner(ofLine: line).value
            // Of two who see it dead one wins. A hostile number is at worst somebody who lives.
            guard seen != caller, !Identity(bits: seen).processIsAlive else { continue }
            if owner(ofLine: line).replace(seen, by: caller).exchanged { return shard(line) }
        }
        return nil
    }

    private func owner(ofLine index: Int) -> SharedWideWord { object.wideWord(at: Self.offset(ofLine: index) + 8) }

    private func shard(_ line: Int) -> Shard {
        // In bounds and a multiple of 8, as all lines; an Atomic<Int> has the layout of an Int.
        let address = unsafe object.address(at: Self.offset(ofLine: line))
        return unsafe Shard(place: address.assumingMemoryBound(to: Atomic<Int>.self), object: object)
    }
}

extension SharedCounter {
    /// A part of a counter that belongs to its holder alone. It may be given to another thread but not be shared; the
    /// end of its life gives the shard back, and what was counted stays.
    ///
    /// It must not be used on the child's side of a fork.
    @safe public struct Shard: ~Copyable, @unchecked Sendable {
        // @unchecked: the pointer never changes, and what it points to is touched atomically only. Its holder is the only
        // writer: the type cannot be copied, and `add` needs exclusive access.
        @usableFromInline let place: UnsafePointer<Atomic<Int>>
        @usableFromInline let object: SharedObject

        init(place: UnsafePointer<Atomic<Int>>, object: SharedObject) {
            unsafe self.place = place
            self.object = object
        }

        deinit {
            // The identity lies behind the count. Released after the last addition, acquired by the next claim.
            unsafe SharedWideWord(at: UnsafeMutableRawPointer(mutating: UnsafeRawPointer(place)) + 8).store(0)
        }

        /// Adds to the count: a load, an addition and a store, since nobody else writes here. Relaxed.
        @inlinable
        public mutating func add(_ amount: Int = 1) {
            // Mapped as long as the object lives, which self holds.
            defer { extendLifetime(object) }
            unsafe place.pointee.store(place.pointee.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
        }
    }
}

extension SharedCounter: Codable {
    public init(from decoder: any Decoder) throws {
        object = try SharedObject(adopting: DescriptorHandle(from: decoder), .counter) {
            $0 >= Self.offset(ofLine: 1) && ($0 - Self.offset(ofLine: 0)) % Self.lineByteCount == 0
        }
        let lines = (object.payloadByteCount - Self.offset(ofLine: 0)) / Self.lineByteCount
        openShards = Int(clamping: object.wideWord(at: 0).value)
        claimableShards = lines - openShards
        guard openShards > 0, openShards <= lines, openShards & (openShards - 1) == 0,
            object.wideWord(at: 8).value == UInt64(claimableShards)
        else { throw SharedMemoryError.wrongContent(expected: "a counter") }
    }

    public func encode(to encoder: any Encoder) throws { try object.descriptor.encode(to: encoder) }
}
