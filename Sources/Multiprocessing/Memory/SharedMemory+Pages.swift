// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SharedMemory {
    /// What shared memory consists of.
    public enum Pages: Sendable, Hashable {
        /// Pages of the usual size.
        case ordinary

        /// Asks for huge pages. Whether they come is the system's decision (`/sys/kernel/mm/transparent_hugepage/
        /// shmem_enabled` must be `advise` or more); if not, ordinary ones do.
        case transparentHuge

        /// Huge pages of this size, a power of two, from those that the administrator has set aside; the memory takes
        /// whole ones. An error when there are not enough.
        case huge(pageByteCount: Int)
    }

    /// When a process's view of shared memory's pages is set up.
    public enum Faulting: Sendable, Hashable {
        /// Page by page, each at its first use.
        case atFirstUse

        /// All of it while the memory is made, so that the first use is as fast as the next. Not for receivers.
        case atOnce
    }

    static func make(
        _ byteCount: Int, _ pages: Pages, _ faulting: Faulting
    ) throws(SharedMemoryError) -> (MemoryFile, Mapping) {
        var hugePageByteCount: Int?
        if case .huge(let size) = pages {
            guard size > Mapping.pageByteCount, size & (size - 1) == 0 else { throw .invalidByteCount(size) }
            hugePageByteCount = size
        }
        do {
            let file = try MemoryFile(named: "memory", hugePageByteCount: hugePageByteCount)
            let page = hugePageByteCount ?? Mapping.pageByteCount
            let whole = (byteCount + page - 1) & ~(page - 1)
            try file.size(to: whole)
            // Touched by advised addresses before anything else makes pages of the usual size. Only advice: what is
            // missing then is reserved now.
            if pages == .transparentHuge {
                try AvailableMemory.check(whole, for: "reserve \(whole) bytes of shared memory")
                try Mapping(of: file, byteCount: whole, isWritable: true).touchHugePages()
            }
            if hugePageByteCount == nil { try file.reserve(0, whole) } else { try file.reserveUnchecked(0, whole) }
            // The seal on further seals comes with sealWrites.
            try file.seal([.shrink, .grow])
            let mapping = try Mapping(of: file, byteCount: whole, isWritable: true, prefault: faulting == .atOnce)
            if pages == .transparentHuge { mapping.adviseHugePages() }
            return (file, mapping)
        } catch {
            if let hugePageByteCount { throw .noHugePages(pageByteCount: hugePageByteCount) }
            throw .system(error)
        }
    }
}
