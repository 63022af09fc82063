// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Multiprocessing

/// `BitwiseCopyable` both ways: travels as its bytes.
public struct Square: Work {
    public var number: Int
    public init(number: Int) { self.number = number }
    public func run() -> Int { number * number }
}

/// By the coder both ways, with what a coder has to get right.
struct Echo: Work {
    struct Content: Codable, Sendable, Equatable {
        var text = "ä\u{0}🦜"
        var numbers: [Double?] = [1.5, nil, -.infinity]
        var table: [String: [Int8]] = ["a": [1, -2], "": []]
        var choice: Choice = .pair(left: .max, right: "r")
        var nothing: String?
    }

    enum Choice: Codable, Sendable, Equatable {
        case pair(left: UInt64, right: String)
        case none
    }

    var content = Content()
    func run() -> Content { content }
}

struct Bytes: Work {
    var bytes: [UInt8]
    func run() -> [UInt8] { bytes.reversed() }
}

/// Output `Void`.
struct Nothing: Work {
    func run() {}
}

/// A format of its own for the work.
struct OwnFormat: Work {
    var value: String
    static var workCoding: MessageCoding<OwnFormat> {
        MessageCoding(
            encode: { Array("own:\($0.value)".utf8) }, decode: { OwnFormat(value: String(decoding: $0, as: UTF8.self)) }
        )
    }
    func run() -> String { value }
}

struct Oops: Error, Codable, Equatable, CustomStringConvertible {
    var detail: String
    var description: String { "oops, \(detail)" }
}

struct Throwing: Work {
    var detail: String
    func run() throws -> Int { throw Oops(detail: detail) }
}

/// Throws for odd numbers.
struct Picky: Work {
    var number: Int
    func run() throws -> Int {
        if number % 2 == 1 { throw Oops(detail: "\(number)") }
        return number
    }
}

/// Blocks its thread until a file exists; a way to order work that holds between processes.
struct UntilExists: Work {
    var path: String
    func run() -> String {
        while !Signs.isThere(path) { sched_yield() }
        return "saw"
    }
}

struct Creating: Work {
    var path: String
    func run() -> String {
        Signs.put(path)
        return "made"
    }
}

/// Blocks while the file is there, after having said that it has begun.
struct Holding: Work {
    var started: String
    var until: String
    func run() -> String {
        Signs.put(started)
        return UntilExists(path: until).run()
    }
}

/// What asynchronous code may use in a worker.
struct Asynchronous: Work {
    actor Counter {
        var value = 0
        func add(_ number: Int) { value += number }
    }

    func run() async throws -> [Int] {
        let counter = Counter()
        await withTaskGroup { group in
            for number in 1...10 { group.addTask { await counter.add(number) } }
        }
        try await Task.sleep(for: .milliseconds(1))  // allowed: sleep is the subject
        let detached = await Task.detached { 7 }.value
        let onMain = await MainActor.run { 8 }
        return [await counter.value, detached, onMain]
    }
}

/// How a process can end under its work.
struct Dying: Work {
    enum Way: String, Codable, CaseIterable, Sendable { case fatalError, index, abort, exit, kill, success }

    var way: Way
    func run() -> Int {
        switch way {
        case .fatalError: fatalError("the reactor is on fire")
        case .index: return [Int]()[Int(CommandLine.argc)]
        case .abort: abort()
        case .exit: exit(3)
        case .kill: kill(getpid(), SIGKILL)
        case .success: exit(0)
        }
        return 0
    }
}

/// Facts of the process that runs it.
struct Surroundings: Work {
    struct Facts: Codable, Sendable {
        var process: Int32
        var group: Int32
        var standardInputIsEmpty: Bool
        var roleVariableIsGone: Bool
        var descriptors: [Int32]
    }

    func run() -> Facts {
        var byte: UInt8 = 0
        // Reads one byte into a variable.
        let count = unsafe read(0, &byte, 1)
        // The name is a literal.
        let role = unsafe getenv("SWIFT_MULTIPROCESSING_ROLE")
        return Facts(
            process: getpid(), group: getpgrp(), standardInputIsEmpty: count == 0,
            roleVariableIsGone: unsafe role == nil,
            descriptors: (0..<256).filter { fcntl($0, F_GETFD) >= 0 })
    }
}

/// Which process it runs in.
struct Identity: Work {
    func run() -> Int32 { getpid() }
}
