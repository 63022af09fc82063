// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension NamedSharedMemory {
    /// A copy of some of the bytes; of all of them without a range. What others write meanwhile may be in it or not. A
    /// range out of bounds is a programming error and stops the program.
    ///
    /// - Throws: `.shrunk` when somebody has cut them off; `.system`.
    public func bytes(in range: Range<Int>? = nil) throws(NamedSharedMemoryError) -> [UInt8] {
        let range = range ?? 0..<byteCount
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "bytes out of bounds")
        var bytes = [UInt8](repeating: 0, count: range.count)
        // Read by the kernel, which answers instead of a signal when they are gone.
        let isWhole = unsafe bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(SystemError) in try unsafe segment.file.read(into: buffer, at: range.lowerBound) }
        }
        switch isWhole {
        case .success(true): return bytes
        case .success(false): throw .shrunk(name)
        case .failure(let error): throw .system(error)
        }
    }

    /// Writes bytes from an offset on. They must fit, or the program stops.
    ///
    /// - Throws: `.shrunk` when somebody has cut the place off; `.system`.
    public func write(_ bytes: [UInt8], at offset: Int = 0) throws(NamedSharedMemoryError) {
        precondition(offset >= 0 && offset <= byteCount - bytes.count, "bytes out of bounds")
        // As above. A file that was cut off would grow again, with its bytes in the wrong hands.
        let isWhole = unsafe bytes.withUnsafeBytes { buffer in
            Result { () throws(SystemError) in
                guard try segment.file.byteCount() >= byteCount else { return false }
                try unsafe segment.file.write(buffer, at: offset)
                return true
            }
        }
        switch isWhole {
        case .success(true): return
        case .success(false): throw .shrunk(name)
        case .failure(let error): throw .system(error)
        }
    }

    /// The bytes themselves, for reading: what other processes write meanwhile is seen at any moment, in any order. If
    /// somebody has cut them off, touching them ends this process.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(segment) }
        // Mapped until the call is over.
        return try unsafe body(UnsafeRawBufferPointer(start: segment.mapping.base, count: byteCount))
    }

    /// The bytes themselves. Nothing keeps other processes and threads from them at the same time. If somebody has cut them
    /// off, touching them ends this process.
    public func withUnsafeMutableBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { extendLifetime(segment) }
        // As above.
        return try unsafe body(UnsafeMutableRawBufferPointer(start: segment.mapping.base, count: byteCount))
    }
}
