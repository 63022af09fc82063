// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Synchronization

/// A fixed number of atomic values that several processes share, each updated on its own without any lock.
///
///     let letters = try SharedAtomicArray(repeating: 0, count: 26)
///     letters[7].add(1, ordering: .relaxed)          // in whatever process or thread
///     let counts = letters.values
///
/// The operations are those of the standard library's `Atomic`; they compile to the same instructions. The elements
/// lie close together: eight counts of eight bytes in one line of the processor's cache, for which workers on several
/// processors contend. Count in the worker and add the sums at the end where that is possible; for one count
/// that many raise use ``SharedCounter``. For updates that concern several elements at once use ``SharedArray``.
@safe public struct SharedAtomicArray<Element: AtomicRepresentable & BitwiseCopyable & Sendable>: @unchecked Sendable {
    // @unchecked: the pointer never changes, and what it points to is touched atomically only.
    @usableFromInline let first: UnsafePointer<Atomic<Element>>
    /// Keeps them mapped.
    @usableFromInline let object: SharedObject

    /// How many elements there are.
    public let count: Int

    /// Makes this many elements of the same value.
    ///
    /// - Throws: `.invalidByteCount` for a count that no memory can hold; `.system` when the space cannot be had.
    public init(repeating value: Element, count: Int) throws(SharedMemoryError) {
        try self.init(repeatElement(value, count: max(0, count)), count: count)
    }

    /// Makes elements of these values.
    ///
    /// - Throws: As `init(repeating:count:)`.
    public init(_ values: some Collection<Element>) throws(SharedMemoryError) {
        try self.init(values, count: values.count)
    }

    private init(_ values: some Collection<Element>, count: Int) throws(SharedMemoryError) {
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: Self.stride)
        guard count >= 0, !overflow, byteCount <= Int.max / 4 else { throw .invalidByteCount(byteCount) }
        object = try SharedObject(
            .atomicArray, type: SharedObject.typeMark(of: Element.self), payloadByteCount: byteCount)
        self.count = count
        unsafe first = Self.first(in: object)
        for (index, value) in values.prefix(count).enumerated() {
            // Nobody else has it yet; in bounds by the size of the object.
            unsafe UnsafeMutablePointer(mutating: first + index).initialize(to: Atomic(value))
        }
    }

    private static var stride: Int { MemoryLayout<Atomic<Element>>.stride }

    private static func first(in object: SharedObject) -> UnsafePointer<Atomic<Element>> {
        // The payload begins at a multiple of 64 and holds `count` of them.
        unsafe UnsafePointer(object.address(at: 0).assumingMemoryBound(to: Atomic<Element>.self))
    }

    /// The positions, from zero.
    public var indices: Range<Int> { 0..<count }

    /// The atomic value at a position, for the time of one operation: it cannot be kept. A position out of bounds is a
    /// programming error and stops the program.
    @inlinable
    public subscript(position: Int) -> Atomic<Element> {
        _read {
            precondition(position >= 0 && position < count, "position out of bounds")
            // The object keeps it mapped until the operation is over.
            defer { extendLifetime(object) }
            yield unsafe first[position]
        }
    }
}

extension SharedAtomicArray where Element: FixedWidthInteger {
    /// A copy of all values: each was loaded for itself (acquiring), so others may have changed some in between.
    public var values: [Element] {
        indices.map { index in unsafe Self.load(UnsafeRawPointer(first + index)) }  // within the array
    }

    /// Generic code has no loads of its own; those of the four widths do for all integers.
    private static func load(_ place: UnsafeRawPointer) -> Element {
        // The place holds an Atomic<Element>, which has the size, the alignment and the operations of the unsigned
        // integer's.
        switch MemoryLayout<Element>.size {
        case 1:
            let atomic = unsafe place.assumingMemoryBound(to: Atomic<UInt8>.self)
            return unsafe Element(truncatingIfNeeded: atomic.pointee.load(ordering: .acquiring))
        case 2:
            let atomic = unsafe place.assumingMemoryBound(to: Atomic<UInt16>.self)
            return unsafe Element(truncatingIfNeeded: atomic.pointee.load(ordering: .acquiring))
        case 4:
            let atomic = unsafe place.assumingMemoryBound(to: Atomic<UInt32>.self)
            return unsafe Element(truncatingIfNeeded: atomic.pointee.load(ordering: .acquiring))
        case 8:
            let atomic = unsafe place.assumingMemoryBound(to: Atomic<UInt64>.self)
            return unsafe Element(truncatingIfNeeded: atomic.pointee.load(ordering: .acquiring))
        default: fatalError("no atomic integer has \(Element.bitWidth) bits")
        }
    }
}

extension SharedAtomicArray: Codable {
    public init(from decoder: any Decoder) throws {
        object = try SharedObject(
            adopting: DescriptorHandle(from: decoder), .atomicArray, type: SharedObject.typeMark(of: Element.self)
        ) { $0 % Self.stride == 0 }
        count = object.payloadByteCount / Self.stride
        // Checked to hold `count` of them.
        unsafe first = Self.first(in: object)
    }

    public func encode(to encoder: any Encoder) throws { try object.descriptor.encode(to: encoder) }
}
