// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// Arrays and plain bytes in shared memory.
    public static let arrays: [PoolContract] = [
        PoolContract(
            "an array made of elements has them, and gets those of a work",
            origins: [
                "_test_multiprocessing._TestArray.test_array", "_test_multiprocessing._TestArray.test_rawarray",
                "_test_multiprocessing._TestArray.test_getobj_getlock_obj",
            ]
        ) { pool in
            var plain: [Int32] = [612, 48, 977, 305, 81, 740, 266, 519, 134, 890]
            let shared = try SharedArray(plain)
            try requireEqual(shared.count, 10)
            try requireEqual(try await shared.element(at: 3), 305)
            try requireEqual(try await shared.elements(in: 2..<7), Array(plain[2..<7]))
            plain.replaceSubrange(4..<8, with: [4, 3, 2, 1])
            try await shared.replaceElements(from: 4, by: [4, 3, 2, 1])
            try await shared.setElement(-1, at: 9)
            plain[9] = -1
            try requireEqual(try await shared.elements(), plain)
            for index in 1..<10 { plain[index] += plain[index - 1] }
            try await pool.run(SummingUp(array: shared))
            try requireEqual(try await shared.elements(), plain)
        },
        PoolContract(
            "an array of a size is filled, also with memory that was in use before",
            origins: ["_test_multiprocessing._TestArray.test_array_from_size"]
        ) { pool in
            for _ in 0..<3 {
                let array = try SharedArray(repeating: 0, count: 10)
                try requireEqual(try await array.elements(), [Int](repeating: 0, count: 10))
                try await array.replaceElements(from: 0, by: 0..<10)
                try await pool.run(AddingToArray(array: array, amount: 1, times: 1))
                try requireEqual(try await array.elements(), Array(1...10))
            }
            try requireEqual(try await SharedArray<Int>([]).elements(), [])
        },
        PoolContract("an array of structures is changed as a whole by one work at a time") { pool in
            let array = try SharedArray(repeating: Wide(), count: 50)
            let works = (0..<6).map { _ in AddingWide(array: array, times: 100) }
            try requireEqual(try await pool.map(works), [Int](repeating: 0, count: 6))
            try requireEqual(try await array.elements(), [Wide](repeating: Wide(all: 600), count: 50))
        },
        PoolContract("a body's error comes out of an array with what was changed") { pool in
            let array = try SharedArray([1, 2])
            do {
                try await array.withMutableSpan { (span: inout MutableSpan<Int>) throws(Oops) in
                    span[0] = 10
                    throw Oops(detail: "midway")
                }
                throw Violation("nothing was thrown")
            } catch SharedLockError<Oops>.body(let error) {
                try requireEqual(error.detail, "midway")
            }
            try requireEqual(try await array.elements(), [10, 2])
        },
        PoolContract(
            "bytes that a work writes are seen by whoever has the memory",
            origins: ["_test_multiprocessing._TestSharedMemory.test_shared_memory_across_processes"]
        ) { pool in
            let memory = try SharedMemory(byteCount: 512)
            try await pool.run(Writing(memory: memory, text: "howdy", at: 0))
            try await pool.run(Writing(memory: memory, text: "HELLO", at: 507))
            let found = try await memory.withSpan { bytes in
                (0..<5).map { bytes.unsafeLoadByte($0) } + (507..<512).map { bytes.unsafeLoadByte($0) }
            }
            try requireEqual(String(decoding: found, as: UTF8.self), "howdyHELLO")
        },
        PoolContract("a read-only handle reads what others write, and cannot write") { pool in
            let memory = try SharedMemory(byteCount: 64)
            let reader = try memory.readOnly()
            try require(memory.isWritable && !reader.isWritable, "wrong rights")
            try await pool.run(Writing(memory: memory, text: "fresh", at: 0))
            try requireEqual(try await pool.run(Reading(memory: reader, count: 5)), "fresh")
            try requireEqual(try await pool.run(TryingToWrite(memory: reader)), true)
            try requireEqual(try await pool.run(TryingToWrite(memory: memory)), false)
        },
        PoolContract("sealed memory is read by all at once and written by nobody") { pool in
            let memory = try SharedMemory(byteCount: 64)
            try await pool.run(Writing(memory: memory, text: "final", at: 0))
            try await memory.sealWrites()
            try await memory.sealWrites()
            try requireEqual(memory.isWritable, false)
            try requireEqual(try await pool.run(TryingToWrite(memory: memory)), true)
            try requireEqual(try await pool.run(Reading(memory: memory, count: 5)), "final")
            // Beside a lease that would keep a reader of unsealed memory out.
            let nested = try await memory.withSpan { outer in
                outer.byteCount + (NestedReading.read(memory) ?? 0)
            }
            try requireEqual(nested, 128)
        },
    ]
}

enum NestedReading {
    /// Reads without any wait.
    static func read(_ memory: SharedMemory) -> Int? { try? memory.withSpan(timeout: .zero) { $0.byteCount } }
}

extension RawSpan {
    func unsafeLoadByte(_ offset: Int) -> UInt8 {
        precondition(offset >= 0 && offset < byteCount)
        // In bounds, as just checked, and any byte is a UInt8.
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}

struct SummingUp: Work {
    var array: SharedArray<Int32>
    func run() throws {
        try array.withMutableSpan { span in
            for index in 1..<span.count { span[index] += span[index - 1] }
        }
    }
}

struct AddingToArray: Work {
    var array: SharedArray<Int>
    var amount: Int
    var times: Int
    func run() async throws {
        for _ in 0..<times {
            try await array.withMutableSpan { span in for index in span.indices { span[index] += amount } }
        }
    }
}

/// Answers how many of its looks saw elements that are not the same.
struct AddingWide: Work {
    var array: SharedArray<Wide>
    var times: Int
    func run() throws -> Int {
        var torn = 0
        for _ in 0..<times {
            try array.withMutableSpan { span in
                let number = span[0].a + 1
                for index in span.indices { span[index] = Wide(all: number) }
            }
            torn += try array.withSpan { span in
                for index in span.indices where span[index] != Wide(all: span[0].a) { return 1 }
                return 0
            }
        }
        return torn
    }
}

struct Writing: Work {
    var memory: SharedMemory
    var text: String
    var at: Int
    func run() throws {
        try memory.withMutableSpan { bytes in
            for (index, byte) in text.utf8.enumerated() {
                bytes.storeBytes(of: byte, toByteOffset: at + index, as: UInt8.self)
            }
        }
    }
}

struct Reading: Work {
    var memory: SharedMemory
    var count: Int
    func run() throws -> String {
        try memory.withSpan { bytes in
            String(decoding: (0..<count).map { bytes.unsafeLoadByte($0) }, as: UTF8.self)
        }
    }
}

/// Answers whether that was refused.
struct TryingToWrite: Work {
    var memory: SharedMemory
    func run() async -> Bool {
        do {
            try await memory.withMutableSpan { _ in }
            return false
        } catch {
            return error == .readOnly
        }
    }
}
