// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// An atomic value that several processes share: an integer of any width, a `Bool`, or a type that is represented by one.
///
/// The operations are those of the standard library's `Atomic`, with an explicit ordering each, on the subscript without
/// an index:
///
///     let hits = try SharedAtomic(0)
///     hits[].add(1, ordering: .relaxed)
///     let (isMine, _) = owner[].compareExchange(expected: 0, desired: me, ordering: .acquiringAndReleasing)
///
/// They compile to the same instructions as on an `Atomic` of this process, and mean the same between processes. It
/// travels as a field of a work or of a message. A process that dies leaves the value whole, before or after its operation.
///
/// Each takes a page of memory and a descriptor: for many of them use ``SharedAtomicArray``. For a count that many
/// workers raise often use ``SharedCounter``, which they do not contend for, and for anything larger than a word
/// ``SharedValue``.
@safe public struct SharedAtomic<Value: AtomicRepresentable & BitwiseCopyable & Sendable>: @unchecked Sendable {
    // @unchecked: the pointer never changes, and what it points to is touched atomically only.
    @usableFromInline let place: UnsafePointer<Atomic<Value>>
    /// Keeps it mapped.
    @usableFromInline let object: SharedObject

    /// Makes one with an initial value.
    ///
    /// - Throws: `.system` when memory or descriptors are short.
    public init(_ initialValue: Value) throws(SharedMemoryError) {
        object = try SharedObject(
            .atomic, type: SharedObject.typeMark(of: Value.self), payloadByteCount: Self.byteCount)
        unsafe place = Self.place(in: object)
        // Nobody else has it yet. The place is the payload's beginning, aligned and large enough.
        unsafe UnsafeMutablePointer(mutating: place).initialize(to: Atomic(initialValue))
    }

    private static var byteCount: Int { MemoryLayout<Atomic<Value>>.size }

    private static func place(in object: SharedObject) -> UnsafePointer<Atomic<Value>> {
        // The payload begins at a multiple of 64 and holds one, as its size was checked to be.
        unsafe UnsafePointer(object.address(at: 0).assumingMemoryBound(to: Atomic<Value>.self))
    }

    /// The atomic value itself, for the time of one operation: it cannot be kept.
    @inlinable
    public subscript() -> Atomic<Value> {
        _read {
            // The object keeps it mapped until the operation is over.
            defer { extendLifetime(object) }
            yield unsafe place.pointee
        }
    }
}

extension SharedAtomic: Codable {
    public init(from decoder: any Decoder) throws {
        object = try SharedObject(
            adopting: DescriptorHandle(from: decoder), .atomic, type: SharedObject.typeMark(of: Value.self),
            payloadByteCount: Self.byteCount)
        // Checked to hold one.
        unsafe place = Self.place(in: object)
    }

    public func encode(to encoder: any Encoder) throws { try object.descriptor.encode(to: encoder) }
}
