// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Memory that several processes map, without a name: it is gone when the last handle on it is.
///
/// Its size is fixed and its space reserved when it is made, so that running out of memory is an error here and never a
/// signal later. It travels as a field of a work or of a message; every receiver maps the same bytes. It does not
/// synchronize: who touches the same bytes at the same time needs a lock or atomics, for which there are `SharedValue`,
/// `SharedArray`, `SharedMutex`, `SharedAtomic` and `SharedQueue`.
public struct SharedMemory: Sendable {
    let file: MemoryFile
    let mapping: Mapping

    /// How many bytes there are.
    public let byteCount: Int

    /// Makes memory of this many bytes, all zero.
    ///
    /// - Throws: `.invalidByteCount` for less than 1; `.system` when the space cannot be had.
    public init(byteCount: Int) throws(SharedMemoryError) {
        guard byteCount > 0, byteCount <= Int.max / 2 else { throw .invalidByteCount(byteCount) }
        self.byteCount = byteCount
        do {
            file = try MemoryFile()
            try file.grow(to: byteCount)
            try file.seal([.shrink, .grow, .seals])
            mapping = try Mapping(of: file, byteCount: byteCount, isWritable: true)
        } catch {
            throw .system(error)
        }
    }

    /// The bytes themselves, for reading: what other processes write meanwhile is seen at any moment, in any order.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Mapped for as long as self lives, which is longer than the call.
        try unsafe body(UnsafeRawBufferPointer(start: mapping.base, count: byteCount))
    }

    /// The bytes themselves. Nothing keeps other processes and threads from them at the same time: that is the
    /// caller's duty. On a read-only handle a write ends the process.
    public func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // As above.
        try unsafe body(UnsafeMutableRawBufferPointer(start: mapping.base, count: byteCount))
    }
}

extension SharedMemory: Codable {
    private enum CodingKeys: CodingKey { case descriptor, byteCount }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        file = MemoryFile(adopting: try container.decode(DescriptorHandle.self, forKey: .descriptor))
        byteCount = try container.decode(Int.self, forKey: .byteCount)
        guard byteCount > 0, byteCount <= Int.max / 2 else { throw SharedMemoryError.invalidByteCount(byteCount) }
        guard file.seals.contains(.shrink) else { throw SharedMemoryError.sizeNotSealed }
        let found = try file.byteCount()
        guard found >= byteCount else { throw SharedMemoryError.tooSmall(expected: byteCount, found: found) }
        mapping = try Mapping(of: file, byteCount: byteCount, isWritable: file.isWritable)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(file.descriptor, forKey: .descriptor)
        try container.encode(byteCount, forKey: .byteCount)
    }
}
