// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The tool as its users meet it: a program.
enum Tool {
    static var path: String { get throws { try BuiltProducts.path(of: "lettercount") } }

    /// Of whoever runs the tests, nothing is to leak in.
    private static let environment: [String: String?] = ["LETTERCOUNT_RFC_BASE": nil, "LC_ALL": "C.UTF-8"]

    static func run(
        _ arguments: [String], environment: [String: String?] = [:], standardInput: Program.Input = .nothing,
        standardOutput: Program.Output = .collected, standardError: Program.Output = .collected
    ) async throws -> ProgramResult {
        try await Program.run(
            path, arguments, environment: Self.environment.merging(environment) { $1 }, standardInput: standardInput,
            standardOutput: standardOutput, standardError: standardError)
    }

    static func start(
        _ arguments: [String], standardInput: Program.Input = .nothing, standardError: Program.Output = .collected
    ) throws -> RunningProgram {
        try Program.start(
            path, arguments, environment: environment, standardInput: standardInput, standardError: standardError)
    }

    /// Runs it with `--format json` and gives what it reported; it must have ended with this code.
    static func report(
        _ arguments: [String], endingWith code: Int32 = 0, standardInput: Program.Input = .nothing,
        environment: [String: String?] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Report {
        let result = try await run(
            arguments + ["--format", "json"], environment: environment, standardInput: standardInput)
        #expect(result.status == .exited(code), "\(result.standardError)", sourceLocation: sourceLocation)
        return try Report(result.standardOutputBytes)
    }

    /// Runs `body` with the URL, without a slash at its end, of a `lettercount serve` that ends afterwards.
    static func withServer<Result>(
        _ arguments: [String] = [], _ body: (_ url: String) async throws -> Result
    ) async throws -> Result {
        let server = try start(["serve"] + arguments)
        let line = try await server.line(containing: "http://127.0.0.1:")
        let result = try await body(String(line.trimmingSuffix("/")))
        server.send(signal: SIGTERM)
        #expect(try await server.wait().status == .signaled(SIGTERM))
        return result
    }
}

extension String {
    func trimmingSuffix(_ suffix: String) -> Substring { hasSuffix(suffix) ? dropLast(suffix.count) : self[...] }
}

/// What `--format json` promises, read by somebody else's decoder.
struct Report: Decodable, Equatable {
    struct Failure: Decodable, Hashable {
        var source: String
        var reason: String
    }

    var letters: [String: UInt64]
    var total: UInt64
    var documents: Int
    var bytes: UInt64
    var elapsedSeconds: Double
    var model: String
    var workers: Int
    var startMethod: String?
    var ipc: String?
    var sync: String
    var grain: String
    var lostUpdates: UInt64?
    var text: String
    var complete: Bool
    var failures: [Failure]

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(Report.self, from: Data(bytes)) }

    /// The counts of "a" to "z"; empty when there are not exactly these.
    var table: [UInt64] {
        let table = Oracle.alphabet.compactMap { letters[String($0)] }
        return letters.count == 26 && table.count == 26 ? table : []
    }
}

/// Counting once more, as simply as can be.
enum Oracle {
    static let alphabet = Array("abcdefghijklmnopqrstuvwxyz")

    static func letters(_ documents: [[UInt8]]) -> [UInt64] {
        var table = [UInt64](repeating: 0, count: 26)
        for byte in documents.joined() {
            let small = byte | 0x20
            if (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small) { table[Int(small - UInt8(ascii: "a"))] += 1 }
        }
        return table
    }

    /// Of Python's `str(bytes)`, written out. Quotes and backslashes are no letters.
    static func pythonRepr(_ documents: [[UInt8]]) -> [UInt64] {
        letters(
            documents.map { document in
                let body = document.map { byte -> String in
                    switch byte {
                    case 0x09: "\\t"
                    case 0x0a: "\\n"
                    case 0x0d: "\\r"
                    case 0x20...0x7e: String(UnicodeScalar(byte))
                    default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                    }
                }
                return Array("b'\(body.joined())'".utf8)
            })
    }
}

/// All ways of counting, as options.
enum Model {
    static let all = [
        ["--model", "sequential"], ["--model", "tasks"], ["--model", "threads"], ["--model", "processes"],
        ["--model", "processes", "--start-method", "spawn"], ["--model", "processes", "--start-method", "fork"],
    ]
    static let processes = Array(all.suffix(3))

    /// Those whose workers have one table, and whose updates are synchronised.
    static let shared =
        [
            ["--model", "tasks", "--sync", "mutex"], ["--model", "threads", "--sync", "mutex"],
            ["--model", "threads", "--sync", "atomic"],
        ]
        + processes.flatMap { processes in
            ["sharded", "mutex", "atomic"].map { processes + ["--ipc", "shared-memory", "--sync", $0] }
        }

    /// Those whose updates are not.
    static let racing = [["--model", "tasks"], ["--model", "threads"], ["--model", "processes"]].map {
        $0 + ["--sync", "none"]
    }
}

/// Folders of small documents.
enum Samples {
    /// Every byte is somewhere among them, and no two have the same letters.
    static func document(_ index: Int) -> [UInt8] {
        let bytes = (0..<256).map { UInt8(truncatingIfNeeded: $0 &* (2 * index + 1)) }
        return bytes + Array("Form\u{0c}feed, \u{e9}t\u{e9} \"and\" 'so' on\r\n".utf8)
            + [UInt8](repeating: 0x71, count: index)
    }

    /// Writes that many, named `0.txt` and so on.
    static func write(_ count: Int, to folder: String) throws -> [[UInt8]] {
        let documents = (0..<count).map(document)
        for (index, bytes) in documents.enumerated() { try TestFile.write(bytes, to: "\(folder)/\(index).txt") }
        return documents
    }
}
