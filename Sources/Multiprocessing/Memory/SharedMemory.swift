// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Memory that several processes map, without a name: it is gone when the last handle on it is.
///
///     let image = try SharedMemory(byteCount: 1 << 20)
///     try image.withMutableSpan { bytes in … }           // under a lock that all handles share
///     try image.sealWrites()                             // from here on nobody writes, and nobody needs the lock
///     let sums = try await pool.map((0..<8).map { SumOfPart(image: image, part: $0) })
///
/// Its size is fixed and its space reserved when it is made, so that running out of memory is an error here and never a
/// signal later. It travels as a field of a work or of a message; every receiver maps the same bytes.
///
/// The bytes are reached through spans that cannot outlive a lease of the memory's lock, or, once the memory is sealed, without
/// any lock by all at once. `withUnsafeBytes` and `withUnsafeMutableBytes` are the doors around that. For typed content use
/// ``SharedArray``, ``SharedValue``, ``SharedAtomicArray`` or `SharedMutex`; for memory that other languages find by its name
/// ``NamedSharedMemory``.
public struct SharedMemory: Sendable {
    let file: MemoryFile
    let mapping: Mapping
    @usableFromInline let control: MemoryControl

    /// How many bytes there are.
    public let byteCount: Int

    /// Makes memory of this many bytes, all zero.
    ///
    /// - Parameters:
    ///   - byteCount: How many, at least 1.
    ///   - pages: What it consists of.
    ///   - faulting: When this process's view of the pages is set up. The space is reserved at once in any case.
    /// - Throws: `.invalidByteCount` for less than 1 and for huge pages of a size that there is not; `.noHugePages`;
    ///   `.system` when the space cannot be had.
    public init(
        byteCount: Int, pages: Pages = .ordinary, faulting: Faulting = .atFirstUse
    ) throws(SharedMemoryError) {
        guard byteCount > 0, byteCount <= Int.max / 4 else { throw .invalidByteCount(byteCount) }
        self.byteCount = byteCount
        control = try MemoryControl()
        (file, mapping) = try Self.make(byteCount, pages, faulting)
    }

    /// Whether this handle may write now: it is not read-only, and nobody has sealed the memory.
    public var isWritable: Bool { mapping.isWritable && !control.isSealed }

    /// Another handle on the same bytes by which nobody can write: the kernel refuses to map its descriptor for writing,
    /// and to make a mapping of it writable. For receivers that need to read only; give them this one.
    ///
    /// It takes part in the lock, so its holder can hold up writers, but not change a byte. Against a process of the same
    /// user that is set on writing it is no wall, since such a process can open the file behind the descriptor
    /// anew; `sealWrites(timeout:)` is one.
    ///
    /// - Throws: `.system` when descriptors or address space are short, or `/proc` is not there.
    public func readOnly() throws(SharedMemoryError) -> SharedMemory {
        do {
            let file = try file.reopenedReadOnly()
            return try SharedMemory(
                file: file, mapping: Mapping(of: file, byteCount: mapping.byteCount, isWritable: false),
                control: control,
                byteCount: byteCount)
        } catch {
            throw .system(error)
        }
    }

    /// The bytes themselves, for reading, without a lease: what others write meanwhile is seen at any moment and in any
    /// order, which is a data race. Right for sealed memory, and with a synchronization of the caller's own.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(mapping) }
        // Mapped until the call is over.
        return try unsafe body(UnsafeRawBufferPointer(start: mapping.base, count: byteCount))
    }

    /// The bytes themselves, without a lease. Nothing keeps other processes and threads from them at the same time:
    /// that is the caller's duty. Neither does it heed a seal that was set after this process had mapped the memory.
    ///
    /// Calling it on a read-only handle is a programming error and stops the program; ask ``isWritable`` where a
    /// handle comes from elsewhere.
    public func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if !mapping.isWritable { fatalError("withUnsafeMutableBytes on a read-only handle on shared memory") }
        defer { extendLifetime(mapping) }
        // As above.
        return try unsafe body(UnsafeMutableRawBufferPointer(start: mapping.base, count: byteCount))
    }
}

extension SharedMemory {
    private init(file: MemoryFile, mapping: Mapping, control: MemoryControl, byteCount: Int) {
        self.file = file
        self.mapping = mapping
        self.control = control
        self.byteCount = byteCount
    }
}

extension SharedMemory: Codable {
    private enum CodingKeys: CodingKey { case bytes, control, byteCount }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let file = MemoryFile(adopting: try container.decode(DescriptorHandle.self, forKey: .bytes))
        let byteCount = try container.decode(Int.self, forKey: .byteCount)
        try self.init(
            file: file, mapping: Self.map(file, byteCount),
            control: MemoryControl(adopting: container.decode(DescriptorHandle.self, forKey: .control)),
            byteCount: byteCount)
    }

    /// Maps memory that another process made. Nothing of what it says about itself is believed unchecked: afterwards
    /// every byte can be read, whatever the sender does.
    private static func map(_ file: MemoryFile, _ byteCount: Int) throws -> Mapping {
        guard byteCount > 0, byteCount <= Int.max / 4 else { throw SharedMemoryError.invalidByteCount(byteCount) }
        let seals = file.seals
        guard seals.contains(.shrink) else { throw SharedMemoryError.sizeNotSealed }
        // What is not reserved is counted as missing: reading it could fail, by a signal.
        let (found, reserved) = try file.byteCounts()
        guard min(found, reserved) >= byteCount else {
            throw SharedMemoryError.tooSmall(expected: byteCount, found: min(found, reserved))
        }
        let isWritable = file.isWritable && !seals.contains(.futureWrites)
        // All of it, since huge pages are mapped as wholes.
        return try Mapping(of: file, byteCount: found, isWritable: isWritable)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file.descriptor, forKey: .bytes)
        try container.encode(control.object.descriptor, forKey: .control)
        try container.encode(byteCount, forKey: .byteCount)
    }
}
