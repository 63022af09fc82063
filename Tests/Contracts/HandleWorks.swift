// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// A pipe whose ends are handles.
struct HandlePipe: Codable, Sendable {
    var reading: DescriptorHandle
    var writing: DescriptorHandle

    init() throws {
        var ends: [Int32] = [-1, -1]
        // Writes two numbers into the array.
        guard unsafe pipe(&ends) == 0 else { throw Violation("no pipe: errno \(errno)") }
        reading = DescriptorHandle(owning: ends[0])
        writing = DescriptorHandle(owning: ends[1])
    }
}

extension DescriptorHandle {
    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        // Reads count bytes of the array.
        let count = unsafe Glibc.write(number, bytes, bytes.count)
        try require(count == bytes.count, "wrote \(count) bytes: errno \(errno)")
    }

    /// Everything until the last writer, in whatever process, is gone.
    func readToEnd() throws -> String {
        var text: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // Reads at most count bytes into the array.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            try require(count >= 0, "could not read: errno \(errno)")
            if count == 0 { return String(decoding: text, as: UTF8.self) }
            text += buffer.prefix(count)
        }
    }

    /// What is there now, at most 4 KiB.
    func readSome() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // Reads at most count bytes into the array.
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
        try require(count >= 0, "could not read: errno \(errno)")
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    var isInherited: Bool { fcntl(number, F_GETFD) & FD_CLOEXEC == 0 }
}

/// Handles wherever a value can hold one.
struct Holder: Codable, Sendable {
    struct Inner: Codable, Sendable {
        var handle: DescriptorHandle
        var note = "inner"
    }

    enum Choice: Codable, Sendable {
        case one(DescriptorHandle)
        case two(left: DescriptorHandle, right: [DescriptorHandle])
        case none
    }

    var plain: DescriptorHandle
    var optional: DescriptorHandle?
    var missing: DescriptorHandle?
    var list: [DescriptorHandle]
    var table: [String: DescriptorHandle]
    var nested: [[Inner]]
    var choices: [Choice]

    /// Each place with a duplicate of its own.
    init(duplicating handle: DescriptorHandle) throws {
        func copy() throws -> DescriptorHandle { try DescriptorHandle(duplicating: handle.number) }
        plain = try copy()
        optional = try copy()
        list = [try copy(), try copy()]
        table = ["a": try copy(), "b": try copy()]
        nested = [[], [Inner(handle: try copy()), Inner(handle: try copy())]]
        choices = [.one(try copy()), .none, .two(left: try copy(), right: [try copy()])]
    }

    var all: [DescriptorHandle] {
        var all = [plain] + [optional, missing].compactMap(\.self) + list
        all += table.sorted { $0.key < $1.key }.map(\.value) + nested.joined().map(\.handle)
        for choice in choices {
            switch choice {
            case .one(let handle): all.append(handle)
            case .two(let left, let right): all += [left] + right
            case .none: break
            }
        }
        return all
    }
}

/// Writes a letter to each of its handles.
struct WritingToAll: Work {
    var holder: Holder
    func run() throws -> Int {
        for (handle, letter) in zip(holder.all, "abcdefghijklmnopqrstuvwxyz") { try handle.write(String(letter)) }
        return holder.all.count { $0.isInherited }
    }
}

/// Gives back what it was given, and something to read of its own.
struct GivingBack: Work {
    struct Output: Codable, Sendable {
        var holder: Holder
        var own: [DescriptorHandle?]
    }

    var holder: Holder
    func run() throws -> Output {
        let pipe = try HandlePipe()
        try pipe.writing.write("from the worker")
        return Output(holder: holder, own: [nil, pipe.reading])
    }
}

/// Writes its number to its handle; the bytes and the padding are only to be carried.
struct WritingNumber: Work {
    var number: Int
    var handle: DescriptorHandle
    var padding: [UInt8] = []
    func run() throws -> Int {
        try handle.write("\(number),")
        return padding.count
    }
}

/// Counts different handles by closing none of them, and may give them back.
struct Counting: Work {
    struct Output: Codable, Sendable {
        var count: Int
        var handles: [DescriptorHandle]
    }

    var handles: [DescriptorHandle]
    var copies: Int
    func run() throws -> Output {
        let count = Set(handles.map(\.number)).count
        guard copies > 0, let first = handles.first else { return Output(count: count, handles: []) }
        return Output(
            count: count, handles: try (0..<copies).map { _ in try DescriptorHandle(duplicating: first.number) })
    }
}

/// Memory that came, and memory that goes back.
struct Doubling: Work {
    var memory: SharedMemory
    func run() throws -> SharedMemory {
        let result = try SharedMemory(byteCount: memory.byteCount)
        // Nobody else touches either while the work runs.
        unsafe memory.withUnsafeMutableBytes { source in
            unsafe result.withUnsafeMutableBytes { target in
                for index in source.indices {
                    unsafe target[index] = unsafe source[index] &* 2
                    unsafe source[index] = 1
                }
            }
        }
        return result
    }
}

/// Holds its handle while it dies.
struct DyingWithHandle: Work {
    var handle: DescriptorHandle
    func run() throws {
        try handle.write("last")
        kill(getpid(), SIGKILL)
    }
}
