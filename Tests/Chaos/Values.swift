// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// Sends values of many shapes there and back, alone and together, in whatever way this build was optimised.
///
/// The suite runs debug builds. What passes through a client's own types is compiled for them, and an optimizer that
/// errs about a type of no or an odd size shows here only.
enum Values {
    private static let count = 300

    /// Checks, and ends the process.
    static func begin() -> Never {
        Task {
            do {
                let pool = try ProcessPool(workers: 2)
                // The first time alone and in small batches, then in parcels.
                for _ in 0..<3 { try await check(pool) }
                await pool.shutDown()
                print("all values came back as they were")
                exit(0)
            } catch {
                Console.complain("\(error)\n")
                exit(1)
            }
        }
        while true { pause() }
    }

    private static func check(_ pool: ProcessPool) async throws {
        try await check(pool, 5)
        try await check(pool, UInt8(7))
        try await check(pool, true)
        try await check(pool, 2.5)
        try await check(pool, Int?.some(4))
        try await check(pool, SIMD4<Float>(1, 2, 3, 4))
        try await check(pool, Nothing())
        try await check(pool, Three(red: 1, green: 2, blue: 3))
        try await check(pool, Mixed(number: 1, isSet: true, time: 2.5, last: 9))
        try await check(pool, Single.only)
        try await check(pool, Color.green)
        try await checkCoded(pool, "hello")
        try await checkCoded(pool, ["a": [1, 2], "b": []])
        try await checkCoded(pool, [String?.none, "x"])
        _ = try await pool.map((0..<count).map { _ in Silent() })
        let processes = try await pool.map((0..<count).map { _ in Naming() })
        try require(Set(processes).isSubset(of: Set(pool.processIdentifiers)), "processes")
    }

    private static func check<Value: Codable & Sendable & Equatable & BitwiseCopyable>(
        _ pool: ProcessPool, _ value: Value
    ) async throws {
        try require(try await pool.run(Echo(value: value)) == value, "one \(Value.self)")
        let many = try await pool.map((0..<count).map { _ in Echo(value: value) })
        try require(many == Array(repeating: value, count: count), "many \(Value.self)")
        var found = 0
        for try await output in pool.results(of: (0..<count).map { _ in Echo(value: value) }) where output == value {
            found += 1
        }
        try require(found == count, "results \(Value.self)")
        try await checkCoded(pool, value)
    }

    private static func checkCoded<Value: Codable & Sendable & Equatable>(
        _ pool: ProcessPool, _ value: Value
    ) async throws {
        let many = try await pool.map((0..<count).map { _ in CodedEcho(value: value) })
        try require(many == Array(repeating: value, count: count), "coded \(Value.self)")
        for await outcome in pool.outcomes(of: (0..<count).map { _ in CodedEcho(value: value) }) {
            try require(try outcome.result.get() == value && outcome.work.value == value, "outcome \(Value.self)")
        }
    }

    private static func require(_ holds: Bool, _ what: String) throws {
        if !holds { throw Changed(what: what) }
    }
}

struct Changed: Error, CustomStringConvertible {
    var what: String
    var description: String { "\(what): another value came back" }
}

struct Echo<Value: Codable & Sendable & BitwiseCopyable>: Work {
    var value: Value
    func run() -> Value { value }
}

struct CodedEcho<Value: Codable & Sendable>: Work {
    var value: Value
    func run() -> Value { value }
}

struct Silent: Work {
    func run() {}
}

struct Naming: Work {
    func run() -> Int32 { getpid() }
}

struct Nothing: Codable, Sendable, Equatable, BitwiseCopyable {}

struct Three: Codable, Sendable, Equatable, BitwiseCopyable {
    var red, green, blue: UInt8
}

struct Mixed: Codable, Sendable, Equatable, BitwiseCopyable {
    var number: Int32
    var isSet: Bool
    var time: Double
    var last: UInt8
}

enum Single: Codable, Sendable, Equatable, BitwiseCopyable { case only }

enum Color: UInt8, Codable, Sendable, Equatable, BitwiseCopyable { case red, green, blue }
