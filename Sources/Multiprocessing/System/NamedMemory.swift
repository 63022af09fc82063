// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// The folder in which the C library keeps memory that has a name: what shm_open(3) calls /NAME is a file NAME there.
enum NamedMemory {
    static let folder = "/dev/shm"

    private static func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// A file of that folder without a name. It goes with its last descriptor, unless it is given one.
    static func makeNameless() throws(SystemError) -> MemoryFile {
        // Paths are copied by the kernel, here and below.
        let number = unsafe mp_open_nameless(folder)
        try SystemCall.checked("make shared memory in \(folder)", number)
        return MemoryFile(adopting: DescriptorHandle(Descriptor(owning: number)))
    }

    /// Gives a file a name more, in one step.
    static func link(_ file: MemoryFile, as name: String) throws(SystemError) {
        // As above: the path is only read.
        let result = unsafe mp_link(file.descriptor.number, path(name))
        try SystemCall.checked("name shared memory \(name)", result)
    }

    static func unlink(_ name: String) throws(SystemError) {
        // As above.
        _ = try SystemCall.value("remove shared memory \(name)") { unsafe Glibc.unlink(path(name)) }
    }

    /// Opens what has this name, for reading and writing.
    static func open(_ name: String) throws(SystemError) -> MemoryFile {
        // As above.
        let number = unsafe mp_open(path(name), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0)
        try SystemCall.checked("open shared memory \(name)", number)
        return MemoryFile(adopting: DescriptorHandle(Descriptor(owning: number)))
    }

    /// What is known of the memory with this name; nil when there is none.
    static func look(at name: String) -> (identity: [UInt64], byteCount: Int)? {
        var facts = mp_file_facts()
        // Fills in the local value.
        guard unsafe mp_path_facts(path(name), &facts) == 0 else { return nil }
        return ([facts.device, facts.inode], Int(facts.byte_count))
    }

    /// All names, in no order.
    static func names() throws(SystemError) -> [String] {
        try FolderNames.of(folder, "list shared memory in \(folder)")
    }

    /// Keeps all others out who do the same, in whatever process; the end of a process lets them in. Takes nothing
    /// but a lock on the folder, so nothing is left behind.
    static func withFolderLocked<Result, Failure: Error>(
        failure: (SystemError) -> Failure, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // As above.
        let number = unsafe mp_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)
        guard number >= 0 else { throw failure(SystemError("open \(folder)", code: -number)) }
        // Closing it unlocks.
        let descriptor = Descriptor(owning: number)
        let result = mp_lock_file(descriptor.number)
        guard result == 0 else { throw failure(SystemError("lock \(folder)", code: -result)) }
        return try body()
    }

    /// Which namespace of process numbers this process lives in; 0 when it cannot be known.
    static var processNamespace: UInt64 {
        var facts = mp_file_facts()
        // Fills in the local value.
        return unsafe mp_path_facts("/proc/self/ns/pid", &facts) == 0 ? facts.inode : 0
    }
}

extension SystemError {
    /// Whether it says that there is no such thing, or that there is one already.
    var isAbsence: Bool { code == ENOENT }
    var isPresence: Bool { code == EEXIST }
}
