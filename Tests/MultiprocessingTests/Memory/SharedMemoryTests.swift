// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Shared memory", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedMemoryTests {
    @Test("of an impossible size is refused", arguments: [0, -1, .min, .max])
    func impossibleSize(_ count: Int) {
        #expect(throws: SharedMemoryError.invalidByteCount(count)) { try SharedMemory(byteCount: count) }
    }

    @Test("that does not fit is an error, and takes nothing")
    func full() throws {
        let machine = try #require(AvailableMemory.machine)
        for count in [machine.total, machine.total * 2, 1 << 50, 1 << 60] {
            do {
                // What would come of it without the look beforehand ends some other process: so first the look alone.
                #expect(throws: SystemError.self) { try AvailableMemory.check(count, for: "be asked") }
                _ = try SharedMemory(byteCount: count)
                Issue.record("\(count) bytes were had")
            } catch {
                guard case .system(let error) = error else { throw error }
                #expect([ENOSPC, ENOMEM, EFBIG].contains(error.code), "\(error)")
            }
        }
        #expect(throws: SharedMemoryError.self) { try SharedArray(repeating: 0, count: 1 << 50) }
        #expect(throws: SharedMemoryError.self) { try SharedArray(repeating: 0, count: -1) }
        #expect(throws: SharedMemoryError.self) { try SharedAtomicArray(repeating: 0, count: 1 << 62) }
        #expect(throws: SharedMemoryError.self) { try SharedCounter(claimableShards: -1) }
        #expect(throws: NamedSharedMemoryError.self) { try NamedSharedMemory.create(byteCount: 1 << 50) }
    }

    @Test("the look at what memory there is understands the kernel's text")
    func available() {
        let text = "MemTotal:       24684096 kB\nMemFree:  1 kB\nMemAvailable:   1000 kB\nSwapFree:  24 kB\n"
        #expect(AvailableMemory.machine(text) == .init(total: 24_684_096 << 10, available: 1024 << 10))
        #expect(AvailableMemory.machine("MemFree: 1 kB\n") == nil)
    }

    @Test("beyond the limit of this process's files is an error, and no signal")
    func fileLimit() throws {
        let child = try ChildProcess.start(CrossingFileLimit(), by: .spawn)
        #expect(try child.wait().get() == [EFBIG, 0])
    }

    @Test("has all its space from the beginning, and keeps its size")
    func reserved() throws {
        let memory = try SharedMemory(byteCount: 1_000_001)
        #expect(memory.byteCount == 1_000_001)
        #expect(try memory.file.byteCounts().reserved >= 1_000_001)
        #expect(ftruncate(memory.file.descriptor.number, 4096) == -1)
        #expect(ftruncate(memory.file.descriptor.number, 1 << 30) == -1)
        let sum = try memory.withSpan { bytes in
            (0..<bytes.byteCount).reduce(0) { $0 + Int(unsafe bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self)) }
        }
        #expect(sum == 0)
    }

    @Test("is present at once where that was asked for, in pages of whatever size there are")
    func pages() throws {
        let present = try SharedMemory(byteCount: 1 << 20, faulting: .atOnce)
        let huge = try SharedMemory(byteCount: 5 << 20, pages: .transparentHuge)
        #expect(try huge.file.byteCounts().reserved >= 5 << 20)
        for memory in [present, huge] {
            try memory.withMutableSpan { $0.storeBytes(of: 1, toByteOffset: 99, as: UInt8.self) }
        }
        #expect(throws: SharedMemoryError.invalidByteCount(3 << 20)) {
            try SharedMemory(byteCount: 1, pages: .huge(pageByteCount: 3 << 20))
        }
        // No machine has pages of half a terabyte.
        #expect(throws: SharedMemoryError.noHugePages(pageByteCount: 1 << 39)) {
            try SharedMemory(byteCount: 1, pages: .huge(pageByteCount: 1 << 39))
        }
        do {
            let memory = try SharedMemory(byteCount: 3 << 20, pages: .huge(pageByteCount: 2 << 20))
            // The administrator has set some aside.
            #expect(memory.byteCount == 3 << 20)
            #expect(try Forging.copy(memory).byteCount == 3 << 20)
        } catch {
            #expect(error as? SharedMemoryError == .noHugePages(pageByteCount: 2 << 20))
        }
    }

    @Test("cannot be written through a read-only handle, says the kernel")
    func readOnly() throws {
        let memory = try SharedMemory(byteCount: 100)
        let reader = try memory.readOnly()
        #expect(throws: SharedMemoryAccessError<Never>.readOnly) { try reader.withMutableSpan { _ in } }
        #expect(throws: SharedMemoryAccessError<SystemError>.readOnly) { try reader.sealWrites() }
        #expect(throws: SystemError("map 4096 bytes of shared memory", code: EACCES)) {
            try Mapping(of: reader.file, byteCount: 4096, isWritable: true)
        }
        // The mapping cannot be made writable either.
        #expect(unsafe mprotect(reader.mapping.base, 4096, PROT_READ | PROT_WRITE) == -1)
        let received = try Forging.copy(reader)
        #expect(!received.isWritable)
        #expect(throws: SharedMemoryAccessError<Never>.readOnly) { try received.withMutableSpan { _ in } }
        try memory.withMutableSpan { $0.storeBytes(of: 77, toByteOffset: 3, as: UInt8.self) }
        #expect(try byte(3, of: received) == 77)
    }

    @Test("that is sealed cannot be mapped or written to anew, says the kernel")
    func sealed() throws {
        let memory = try SharedMemory(byteCount: 100)
        let earlier = try Forging.copy(memory)
        let reader = try memory.readOnly()
        try memory.sealWrites()
        for handle in [memory, earlier, reader, try Forging.copy(memory), try Forging.copy(reader)] {
            #expect(!handle.isWritable)
            #expect(throws: SharedMemoryAccessError<Never>.readOnly) { try handle.withMutableSpan { _ in } }
            #expect(try byte(0, of: handle) == 0)
        }
        #expect(throws: SystemError("map 4096 bytes of shared memory", code: EPERM)) {
            try Mapping(of: memory.file, byteCount: 4096, isWritable: true)
        }
        // Not even by opening it anew, which a read-only handle alone does not prevent.
        let again = unsafe open("/proc/self/fd/\(reader.file.descriptor.number)", O_RDWR | O_CLOEXEC)
        defer { close(again) }
        #expect(again >= 0)
        #expect(unsafe mmap(nil, 4096, PROT_WRITE, MAP_SHARED, again, 0) == MAP_FAILED)
        #expect(unsafe pwrite(again, "x", 1, 0) == -1)
    }

    @Test("is locked by one at a time")
    func lease() throws {
        let memory = try SharedMemory(byteCount: 100)
        let other = try Forging.copy(memory)
        // Inside, both handles are the same thread's, which a timeout makes harmless.
        try memory.withMutableSpan { _ in
            #expect(throws: SharedMemoryAccessError<Never>.timedOut) { try other.withSpan(timeout: .zero) { _ in } }
            #expect(throws: SharedMemoryAccessError<SystemError>.timedOut) { try other.sealWrites(timeout: .zero) }
        }
        try other.withMutableSpan { $0.storeBytes(of: 5, toByteOffset: 99, as: UInt8.self) }
        #expect(try byte(99, of: memory) == 5)
    }

    private func byte(_ offset: Int, of memory: SharedMemory) throws -> UInt8 {
        // In bounds; any byte is a UInt8.
        try memory.withSpan { unsafe $0.unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
    }
}

/// Answers what became of more than the limit, and of less.
struct CrossingFileLimit: Work {
    func run() -> [Int32] {
        var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
        // Reads the local value.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        return [2 << 20, 1 << 19].map { (count: Int) -> Int32 in
            do {
                _ = try SharedMemory(byteCount: count)
                return 0
            } catch {
                guard case .system(let error)? = error as? SharedMemoryError else { return -1 }
                return error.code
            }
        }
    }
}
