// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Named memory and Python's", .leavesNothingBehind)
struct PythonMemoryTests {
    @Test(
        "are the same bytes of the same size, made by either",
        .python(minor: 8),
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_across_processes"))
    func bytes() async throws {
        // Ours, read and written by Python, which is told not to remove what it attached to.
        let ours = try NamedSharedMemory.create(byteCount: 1_000)
        try ours.write([99, 0, 7], at: 997)
        try await Python.run(
            """
            memory = attach(sys.argv[1])
            assert memory.size == 1000, memory.size
            assert bytes(memory.buf[995:1000]) == b"\\0\\0c\\0\\7", bytes(memory.buf[995:])
            memory.buf[0:5] = b"howdy"
            memory.close()
            """, ours.name)
        #expect(ours.isPublished)
        #expect(try ours.bytes(in: 0..<5) == Array("howdy".utf8))
        // Python's, read and written here.
        let python = try Python.start(
            """
            memory = SharedMemory(create=True, size=1000)
            memory.buf[999] = 42
            print(memory.name, flush=True)
            sys.stdin.readline()
            assert bytes(memory.buf[0:5]) == b"HELLO"
            memory.close()
            memory.unlink()
            """)
        let name = try await python.line(containing: "psm_")
        do {
            let theirs = try NamedSharedMemory.attach(name: name)
            #expect(theirs.byteCount == 1_000 && !theirs.isOwner)
            #expect(try theirs.bytes(in: 999..<1_000) == [42])
            let listed = try #require(try NamedSharedMemory.list().first { $0.name == name })
            #expect(listed == .init(name: name, byteCount: 1_000, owner: nil, isPublished: true))
            #expect(try !NamedSharedMemory.sweep().contains(name))
            #expect(throws: NamedSharedMemoryError.nameTaken(name)) {
                try NamedSharedMemory.create(name: name, byteCount: 1)
            }
            try theirs.write(Array("HELLO".utf8))
        }
        python.write("\n".utf8)
        let result = try await python.wait()
        #expect(result.status == .exited(0), "\(result.standardError)")
        #expect(throws: NamedSharedMemoryError.notFound(name)) { try NamedSharedMemory.attach(name: name) }
    }

    @Test(
        "refuse each other's names",
        .python(minor: 8))
    func names() async throws {
        let ours = try NamedSharedMemory.create(byteCount: 10)
        try await Python.run(
            """
            for name, create, expected in [(sys.argv[1], True, FileExistsError), ("mp-nothing-there", False, FileNotFoundError)]:
                try:
                    SharedMemory(name, create=create, size=10)
                    raise SystemExit(f"{name} was had")
                except expected:
                    pass
            """, ours.name)
        #expect(ours.isPublished)
    }

    @Test(
        "hold numpy's arrays, seen from both sides",
        .python(minor: 8, with: "numpy"))
    func numpy() async throws {
        let ours = try NamedSharedMemory.create(byteCount: 12 * 8)
        unsafe ours.withUnsafeMutableBytes { bytes in
            // Nobody else has it yet; in bounds, and aligned as pages are.
            for index in 0..<12 { unsafe bytes.storeBytes(of: Int64(index), toByteOffset: index * 8, as: Int64.self) }
        }
        let python = try Python.start(
            """
            import numpy
            memory = attach(sys.argv[1])
            matrix = numpy.ndarray((3, 4), dtype=numpy.int64, buffer=memory.buf)
            assert matrix.sum() == 66 and matrix[2, 1] == 9, matrix
            matrix *= 10
            own = SharedMemory(create=True, size=32)
            numpy.ndarray((4,), dtype=numpy.float64, buffer=own.buf)[:] = [0.5, 1.5, 2.5, 3.5]
            del matrix
            memory.close()
            print(own.name, flush=True)
            sys.stdin.readline()
            assert numpy.ndarray((4,), dtype=numpy.float64, buffer=own.buf)[3] == -1.0
            own.close()
            own.unlink()
            """, ours.name)
        let name = try await python.line(containing: "psm_")
        let tens = unsafe ours.withUnsafeBytes { bytes in
            (0..<12).map { unsafe bytes.load(fromByteOffset: $0 * 8, as: Int64.self) }
        }
        #expect(tens == (0..<12).map { $0 * 10 })
        do {
            let theirs = try NamedSharedMemory.attach(name: name)
            let halves = unsafe theirs.withUnsafeBytes { bytes in
                (0..<4).map { unsafe bytes.load(fromByteOffset: $0 * 8, as: Double.self) }
            }
            #expect(halves == [0.5, 1.5, 2.5, 3.5])
            unsafe theirs.withUnsafeMutableBytes { unsafe $0.storeBytes(of: -1.0, toByteOffset: 24, as: Double.self) }
        }
        python.write("\n".utf8)
        let result = try await python.wait()
        #expect(result.status == .exited(0), "\(result.standardError)")
    }

    @Test(
        "are kept by their owner although Python removes what it attached to",
        .python(minor: 8),
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_tracking"))
    func tracked() async throws {
        let ours = try NamedSharedMemory.create(byteCount: 10)
        try ours.write([5])
        for round in 1...2 {
            let result = try await Python.run("memory = SharedMemory(sys.argv[1])\nmemory.buf[1] += 1", ours.name)
            #expect(result.standardError.contains("leaked shared_memory"), "\(result.standardError)")
            // Its tracker is a process of its own, which ends a moment later.
            while ours.isPublished { await Task.yield() }
            #expect(try ours.bytes(in: 0..<2) == [5, UInt8(round)])
            try ours.republish()
        }
        #expect(try NamedSharedMemory.attach(name: ours.name).bytes(in: 0..<2) == [5, 2])
    }

    @Test(
        "keep their names where Python does not track what it attached to",
        .python(minor: 13),
        .origin("_test_multiprocessing._TestSharedMemory.test_shared_memory_untracking"))
    func untracked() async throws {
        let ours = try NamedSharedMemory.create(byteCount: 10)
        let result = try await Python.run("SharedMemory(sys.argv[1], track=False).close()", ours.name)
        #expect(result.standardError == "")
        #expect(ours.isPublished)
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test where python3 is not there, is older, or has no such module.
    static func python(minor: Int, with module: String = "multiprocessing.shared_memory") -> Self {
        .enabled("needs python3, 3.\(minor) or later, with \(module)") { await Python.has(module, minor: minor) }
    }
}

/// The Python that is installed.
enum Python {
    static func has(_ module: String, minor: Int) async -> Bool {
        let program = "import sys, \(module)\nassert sys.version_info >= (3, \(minor))"
        return (try? await Program.run("python3", ["-c", program]))?.status == .exited(0)
    }

    private static let preamble = """
        import sys
        from multiprocessing import resource_tracker
        from multiprocessing.shared_memory import SharedMemory

        def attach(name):
            memory = SharedMemory(name)
            resource_tracker.unregister(memory._name, "shared_memory")
            return memory


        """

    @discardableResult
    static func run(_ program: String, _ arguments: String...) async throws -> ProgramResult {
        let result = try await Program.run("python3", ["-c", preamble + program] + arguments)
        #expect(result.status == .exited(0), "\(result.standardError)")
        return result
    }

    static func start(_ program: String, _ arguments: String...) throws -> RunningProgram {
        try Program.start("python3", ["-c", preamble + program] + arguments, standardInput: .open)
    }
}
