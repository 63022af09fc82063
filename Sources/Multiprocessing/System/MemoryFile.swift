// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A file that exists in memory only, without a name: it goes with its last descriptor and its last mapping.
struct MemoryFile: Sendable {
    let descriptor: DescriptorHandle

    /// Adopts a descriptor that came from elsewhere.
    init(adopting descriptor: DescriptorHandle) { self.descriptor = descriptor }

    /// Makes one. The name is for people who look at /proc only.
    /// - Parameter hugePageByteCount: nil for ordinary pages.
    init(named name: String = "multiprocessing", hugePageByteCount: Int? = nil) throws(SystemError) {
        let shift = hugePageByteCount.map { Int32($0.trailingZeroBitCount) } ?? 0
        // The name is copied by the kernel.
        let number = try SystemCall.checked("make shared memory", unsafe mp_memory_file(name, shift))
        descriptor = DescriptorHandle(Descriptor(owning: number))
    }

    private var number: Int32 { descriptor.number }

    /// Gives the file its size and reserves the space, so that "full" is this call's error and not a later signal.
    func grow(to byteCount: Int) throws(SystemError) {
        try size(to: byteCount)
        try reserve(0, byteCount)
    }

    /// Gives the file its size, and no space yet.
    func size(to byteCount: Int) throws(SystemError) {
        try SystemCall.checked("size shared memory to \(byteCount) bytes", mp_set_file_size(number, Int64(byteCount)))
    }

    /// Reserves the space of a range, and grows the file to its end if it is smaller.
    ///
    /// The kernel knows no "full" for memory without a name: it goes on until the machine has none left, and then kills
    /// some process. So what is to be had is looked at first, again before each part of a large range.
    func reserve(_ offset: Int, _ byteCount: Int) throws(SystemError) {
        var done = 0
        while done < byteCount {
            let part = min(byteCount - done, Self.largestReservation)
            if byteCount >= Self.smallestCheckedReservation {
                try AvailableMemory.check(byteCount - done, for: "reserve \(byteCount) bytes of shared memory")
            }
            try reserveUnchecked(offset + done, part)
            done += part
        }
    }

    /// The same for memory that was set aside before, such as huge pages, which the kernel itself counts.
    func reserveUnchecked(_ offset: Int, _ byteCount: Int) throws(SystemError) {
        try SystemCall.checked(
            "reserve \(byteCount) bytes of shared memory", mp_reserve(number, Int64(offset), Int64(byteCount)))
    }

    /// Below it a look at what there is costs more than the reservation.
    private static let smallestCheckedReservation = 16 << 20
    private static let largestReservation = 256 << 20

    /// Gives the space of a range back to the system.
    func discard(_ offset: Int, _ byteCount: Int) { mp_punch_hole(number, Int64(offset), Int64(byteCount)) }

    struct Seals: OptionSet {
        let rawValue: Int32
        static let shrink = Seals(rawValue: Int32(mp_seal_shrink))
        static let grow = Seals(rawValue: Int32(mp_seal_grow))
        static let seals = Seals(rawValue: Int32(mp_seal_seals))
        static let futureWrites = Seals(rawValue: Int32(mp_seal_future_writes))
    }

    /// Forbids something for ever, to everybody.
    func seal(_ seals: Seals) throws(SystemError) {
        try SystemCall.checked("seal shared memory", mp_add_seals(number, seals.rawValue))
    }

    /// What is forbidden; nothing for a file that knows no seals.
    var seals: Seals { Seals(rawValue: max(0, mp_seals(number))) }

    /// A second way to the same file, by which the kernel lets nobody write.
    func reopenedReadOnly() throws(SystemError) -> MemoryFile {
        let number = try SystemCall.checked("reopen shared memory read-only", mp_reopen_read_only(number))
        return MemoryFile(adopting: DescriptorHandle(Descriptor(owning: number)))
    }

    var isWritable: Bool { mp_is_writable(number) == 1 }

    /// Its size now. Only a file with a sealed size keeps it.
    func byteCount() throws(SystemError) -> Int { Int(try facts().byte_count) }

    /// Its size now, and how much of it has space, in whole pages: a file may claim a size that nobody has paid for.
    func byteCounts() throws(SystemError) -> (size: Int, reserved: Int) {
        let facts = try facts()
        return (Int(facts.byte_count), Int(facts.allocated_byte_count))
    }

    /// Which file it is, among those of this machine that exist.
    func fileIdentity() throws(SystemError) -> [UInt64] {
        let facts = try facts()
        return [facts.device, facts.inode]
    }

    private func facts() throws(SystemError) -> mp_file_facts {
        var facts = mp_file_facts()
        // Fills in the local value.
        try SystemCall.checked("find the size of shared memory", unsafe mp_file_facts(number, &facts))
        return facts
    }

    /// Writes all of the bytes at an offset, growing the file if need be.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            // In bounds by the loop's condition.
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let result = unsafe mp_write_at(number, rest.baseAddress, rest.count, Int64(offset + done))
            done += try SystemCall.checked("write \(bytes.count) bytes to shared memory", result)
        }
    }

    /// Fills the buffer from an offset; false when the file is shorter.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Bool {
        var done = 0
        while done < bytes.count {
            // In bounds by the loop's condition.
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
            let result = unsafe mp_read_at(number, rest.baseAddress, rest.count, Int64(offset + done))
            let count = try SystemCall.checked("read \(bytes.count) bytes of shared memory", result)
            if count == 0 { return false }
            done += count
        }
        return true
    }
}

/// A range of a memory file in this process's addresses; unmapped with its last reference.
@safe final class Mapping: Sendable {
    // @safe: the address is fixed for the object's life, and what lies there is the business of who interprets it.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    /// How much may be touched behind `base`.
    let byteCount: Int
    let isWritable: Bool

    static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// The next multiple of the page size.
    static func wholePages(_ byteCount: Int) -> Int { (byteCount + pageByteCount - 1) & ~(pageByteCount - 1) }

    /// Maps a file from its beginning; its size must be at least `byteCount` and must never shrink.
    /// - Parameter prefault: Whether every page is made present now rather than at its first use.
    init(of file: MemoryFile, byteCount: Int, isWritable: Bool, prefault: Bool = false) throws(SystemError) {
        var error: Int32 = 0
        // mmap checks everything; nothing is there to be unmapped when it failed.
        let address = unsafe mp_map(file.descriptor.number, byteCount, isWritable ? 1 : 0, prefault ? 1 : 0, &error)
        guard let address = unsafe address else {
            throw SystemError("map \(byteCount) bytes of shared memory", code: -error)
        }
        unsafe base = address
        self.byteCount = byteCount
        self.isWritable = isWritable
    }

    /// Maps a head, and behind it a ring twice: what is written past the ring's end is at its beginning. Both counts
    /// are multiples of the page size.
    init(mirroring file: MemoryFile, headByteCount: Int, ringByteCount: Int) throws(SystemError) {
        var error: Int32 = 0
        // As above.
        let address = unsafe mp_map_mirrored(file.descriptor.number, headByteCount, ringByteCount, &error)
        guard let address = unsafe address else {
            throw SystemError("map a ring of \(ringByteCount) bytes", code: -error)
        }
        unsafe base = address
        byteCount = headByteCount + 2 * ringByteCount
        isWritable = true
    }

    deinit {
        // Mapped by the initializer, and nobody has a reference any more.
        unsafe mp_unmap(base, byteCount)
    }

    /// Asks for huge pages; whether they come is the system's decision.
    func adviseHugePages() {
        // Only advice about our own range.
        _ = unsafe mp_advise_huge_pages(base, byteCount)
    }

    /// The same, and has the pages made now as far as that can be done.
    func touchHugePages() {
        adviseHugePages()
        // As above; what cannot be had is an error here and not a signal, and somebody else's to report.
        _ = unsafe mp_populate(base, byteCount)
    }

    /// The word at an offset, which is in bounds and a multiple of 4.
    func word(at offset: Int) -> SharedWord {
        precondition(offset >= 0 && offset % 4 == 0 && offset + 4 <= byteCount, "a word outside its mapping")
        return unsafe SharedWord(at: base + offset)  // in bounds, as just checked
    }

    /// The wide word at an offset, which is in bounds and a multiple of 8.
    func wideWord(at offset: Int) -> SharedWideWord {
        precondition(offset >= 0 && offset % 8 == 0 && offset + 8 <= byteCount, "a word outside its mapping")
        return unsafe SharedWideWord(at: base + offset)  // in bounds, as just checked
    }
}
