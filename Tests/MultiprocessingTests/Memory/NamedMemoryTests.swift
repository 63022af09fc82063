// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Named shared memory", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct NamedMemoryTests {
    @Test(
        "is refused a name that is none",
        .origin(
            "_test_multiprocessing._TestSharedMemory.test_shared_memory_name_with_embedded_null",
            "_test_multiprocessing.TestResourceTracker.test_too_long_name_resource"),
        arguments: [
            "", "/", ".", "..", "a/b", "//a", "a\u{0}b", String(repeating: "x", count: 201),
            "a.owner-0000000000000004-0000000000000001",
        ])
    func names(_ name: String) {
        #expect(throws: NamedSharedMemoryError.invalidName(name)) {
            try NamedSharedMemory.create(name: name, byteCount: 1)
        }
        #expect(throws: NamedSharedMemoryError.invalidName(name)) { try NamedSharedMemory.attach(name: name) }
    }

    @Test(
        "of an impossible size is refused",
        .origin("_test_multiprocessing._TestSharedMemory.test_invalid_shared_memory_creation"),
        arguments: [0, -1, .min, .max])
    func sizes(_ count: Int) {
        #expect(throws: NamedSharedMemoryError.invalidByteCount(count)) {
            try NamedSharedMemory.create(byteCount: count)
        }
    }

    @Test(
        "is found by its name, with its size, for as long as its owner's handle lives",
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_basics"))
    func basics() throws {
        let name = Segments.name("basics")
        do {
            let owner = try NamedSharedMemory.create(name: "/" + name, byteCount: 513) { bytes in
                bytes.storeBytes(of: 42, toByteOffset: 512, as: UInt8.self)
            }
            #expect(owner.name == name && owner.byteCount == 513 && owner.isOwner && owner.isPublished)
            do {
                let other = try NamedSharedMemory.attach(name: name)
                #expect(other.byteCount == 513 && !other.isOwner)
                #expect(try other.bytes(in: 511..<513) == [0, 42])
                try other.write([1, 2, 3], at: 510)
                #expect(throws: NamedSharedMemoryError.notOwner(name)) { try other.unlink() }
                #expect(throws: NamedSharedMemoryError.notOwner(name)) { try other.republish() }
            }
            // An attached handle that goes removes nothing.
            #expect(owner.isPublished)
            #expect(unsafe owner.withUnsafeBytes { unsafe Array($0.suffix(3)) } == [1, 2, 3])
            unsafe owner.withUnsafeMutableBytes { unsafe $0[0] = 9 }
            #expect(try NamedSharedMemory.attach(name: name).bytes(in: 0..<1) == [9])
            #expect(throws: NamedSharedMemoryError.nameTaken(name)) {
                try NamedSharedMemory.create(name: name, byteCount: 1)
            }
        }
        #expect(throws: NamedSharedMemoryError.notFound(name)) { try NamedSharedMemory.attach(name: name) }
        let next = try NamedSharedMemory.create(name: name, byteCount: 1)
        try next.unlink()
        try next.unlink()
        #expect(!next.isPublished)
        #expect(try next.bytes() == [0])
        #expect(throws: NamedSharedMemoryError.notFound(name)) { try NamedSharedMemory.attach(name: name) }
    }

    @Test(
        "gets a name by chance that nobody has",
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_recreate"))
    func chance() throws {
        let segments = try (0..<20).map { _ in try NamedSharedMemory.create(byteCount: 1) }
        #expect(Set(segments.map(\.name)).count == 20)
        #expect(segments.allSatisfy { $0.name.hasPrefix("psm_") && $0.name.count == 12 })
    }

    @Test(
        "travels by its name",
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_pickle_unpickle"))
    func travels() throws {
        let memory = try NamedSharedMemory.create(byteCount: 512)
        try memory.write(Array("before".utf8))
        let copy = try Forging.copy(memory)
        #expect(copy.name == memory.name && !copy.isOwner)
        #expect(try copy.bytes(in: 0..<6) == Array("before".utf8))
        try copy.write(Array("behind".utf8))
        #expect(try memory.bytes(in: 0..<6) == Array("behind".utf8))
        let child = try ChildProcess.start(WritingToNamed(memory: memory), by: .spawn)
        #expect(try child.wait().get() == false)
        #expect(try copy.bytes(in: 0..<6) == Array("child!".utf8))
        #expect(memory.isPublished)
    }

    @Test(
        "that is gone when its name arrives fails the receiver",
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_pickle_unpickle_dead_object"))
    func gone() throws {
        let memory = try NamedSharedMemory.create(byteCount: 512)
        try memory.unlink()
        #expect(throws: NamedSharedMemoryError.notFound(memory.name)) { try Forging.copy(memory) }
        let child = try ChildProcess.start(WritingToNamed(memory: memory), by: .forkServer)
        guard case .failure(.notDecoded(let error)) = child.wait() else {
            Issue.record("it was decoded")
            return
        }
        #expect(error.text.contains("could not find shared memory \(memory.name)"))
    }

    @Test("that somebody else removed stays its owner's, who can give it its name again")
    func republished() throws {
        let memory = try NamedSharedMemory.create(byteCount: 4)
        try memory.republish()
        Segments.remove(memory.name)
        #expect(!memory.isPublished)
        let listed = try #require(try NamedSharedMemory.list().first { $0.name == memory.name })
        #expect(!listed.isPublished && listed.owner?.isAlive == true)
        try memory.write([1, 2, 3, 4])
        try memory.republish()
        #expect(memory.isPublished)
        #expect(try NamedSharedMemory.attach(name: memory.name).bytes() == [1, 2, 3, 4])
        // Somebody else's by now: neither overwritten nor removed.
        Segments.remove(memory.name)
        Segments.make(memory.name, byteCount: 8)
        defer { Segments.remove(memory.name) }
        #expect(!memory.isPublished)
        #expect(throws: NamedSharedMemoryError.nameTaken(memory.name)) { try memory.republish() }
        try memory.unlink()
        #expect(Segments.exists(memory.name))
        #expect(throws: NamedSharedMemoryError.notFound(memory.name)) {
            let lost = try NamedSharedMemory.create(name: memory.name + "-2", byteCount: 1)
            for entry in TestFile.names(in: "/dev/shm") where entry.hasPrefix(lost.name) { Segments.remove(entry) }
            do throws(NamedSharedMemoryError) { try lost.republish() } catch {
                guard case .notFound = error else { throw error }
                throw NamedSharedMemoryError.notFound(memory.name)
            }
        }
    }

    @Test("that others half made, cut off, or that is no memory is an error")
    func hostile() throws {
        let name = Segments.name("hostile")
        defer { Segments.remove(name) }
        Segments.make(name, byteCount: 0)
        #expect(throws: NamedSharedMemoryError.notReady(name)) { try NamedSharedMemory.attach(name: name) }
        Segments.remove(name)
        #expect(unsafe mkfifo("/dev/shm/\(name)", 0o600) == 0)
        #expect(throws: NamedSharedMemoryError.notReady(name)) { try NamedSharedMemory.attach(name: name) }
        Segments.remove(name)
        #expect(unsafe mkdir("/dev/shm/\(name)", 0o700) == 0)
        #expect(throws: NamedSharedMemoryError.self) { try NamedSharedMemory.attach(name: name) }
        #expect(unsafe rmdir("/dev/shm/\(name)") == 0)
        #expect(unsafe symlink("/dev/zero", "/dev/shm/\(name)") == 0)
        #expect(throws: NamedSharedMemoryError.self) { try NamedSharedMemory.attach(name: name) }
        Segments.remove(name)
        Segments.make(name, byteCount: 10_000)
        let memory = try NamedSharedMemory.attach(name: name)
        #expect(unsafe truncate("/dev/shm/\(name)", 100) == 0)
        #expect(try memory.bytes(in: 0..<100).count == 100)
        #expect(throws: NamedSharedMemoryError.shrunk(name)) { try memory.bytes() }
        #expect(throws: NamedSharedMemoryError.shrunk(name)) { try memory.write([1], at: 5_000) }
    }
}

/// Files in the folder of named memory, made as other programs make them.
enum Segments {
    /// One that no other run of the tests has.
    static func name(_ suffix: String) -> String { "mp-test-\(getpid())-\(suffix)" }

    static func make(_ name: String, byteCount: Int) {
        let file = unsafe shm_open("/" + name, O_CREAT | O_EXCL | O_RDWR, 0o600)  // a name of the test's own
        ftruncate(file, off_t(byteCount))
        close(file)
    }

    static func remove(_ name: String) { _ = unsafe unlink("/dev/shm/\(name)") }  // as above

    static func exists(_ name: String) -> Bool { TestFile.names(in: "/dev/shm").contains(name) }
}

/// Answers whether the child took itself for the owner.
struct WritingToNamed: Work {
    var memory: NamedSharedMemory
    func run() throws -> Bool {
        try memory.write(Array("child!".utf8))
        return memory.isOwner
    }
}
