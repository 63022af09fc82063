// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `merge --format json` and `spark --format json` promise.
struct MergedReport: Decodable, Equatable {
    struct Engine: Decodable, Equatable {
        var name: String
        var master: String
        var tasks: Int
        var retries: Int
    }

    var letters: [String: UInt64]
    var total: UInt64
    var documents: Int
    var bytes: UInt64
    var elapsedSeconds: Double?
    var text: String
    var complete: Bool
    var failures: [Report.Failure]
    var engine: Engine?

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder().decode(MergedReport.self, from: Data(bytes)) }

    var table: [UInt64] { Oracle.alphabet.compactMap { letters[String($0)] } }
}

extension Tool {
    /// Merges these lines; it must end with 0.
    static func merge(
        _ lines: [String], _ arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProgramResult {
        let result = try await run(["merge"] + arguments, standardInput: .text(lines.joined()))
        #expect(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        return result
    }

    /// The line of a worker that has this list on its standard input; it must end with 0.
    static func worker(
        _ list: [String], _ arguments: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let result = try await run(
            ["worker", "--null"] + arguments, standardInput: .bytes(list.flatMap { Array($0.utf8) + [0] }))
        #expect(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        return result.standardOutput
    }
}

/// Documents as netstrings.
enum Netstrings {
    static func text(_ bytes: [UInt8]) -> [UInt8] { Array("\(bytes.count):".utf8) + bytes + [UInt8(ascii: ",")] }

    static func stream(_ documents: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        documents.flatMap { text(Array($0.name.utf8)) + text($0.bytes) }
    }
}
