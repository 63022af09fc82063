// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// A piece of work that says who it is, so that an answer or a failure that reaches somebody else is found out.
struct Piece: Work, CustomStringConvertible {
    enum Kind: Codable, Sendable {
        case nothing
        case sum([Int32])
        /// Comes back with its first kibibyte at its end.
        case payload([UInt8])
        case throwing
        case trapping
        case exiting(Int32)
        /// Starts a program that would sleep for an hour, and ends it again, or else itself.
        case parenting(endsItself: Bool)
    }

    var serial: Int
    var kind: Kind

    func run() throws -> Answer {
        switch kind {
        case .nothing: break
        case .sum(let numbers): return Answer(serial: serial, sum: numbers.reduce(0) { $0 + Int64($1) })
        case .payload(let bytes): return Answer(serial: serial, bytes: Self.turned(bytes))
        case .throwing: throw Complaint(serial: serial)
        case .trapping: return Answer(serial: Int.max + Int(CommandLine.argc))
        case .exiting(let code): exit(code)
        case .parenting(let endsItself):
            let child = try Starting.program("sleep", ["3600"])
            kill(endsItself ? getpid() : child, SIGKILL)
            var status: Int32 = 0
            // Fills in the status.
            while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
        }
        return Answer(serial: serial)
    }

    /// What it must answer, if it does.
    var expected: Answer {
        switch kind {
        case .sum(let numbers): Answer(serial: serial, sum: numbers.reduce(0) { $0 + Int64($1) })
        case .payload(let bytes): Answer(serial: serial, bytes: Self.turned(bytes))
        default: Answer(serial: serial)
        }
    }

    private static func turned(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[1_024...] + bytes[..<1_024]) }

    /// Short: it stands in reports and in what is shown of a hang.
    var description: String { "Piece(serial: \(serial), kind: \(kindInWords))" }

    private var kindInWords: String {
        switch kind {
        case .nothing: "nothing"
        case .sum(let numbers): "sum of \(numbers.count)"
        case .payload(let bytes): "payload of \(bytes.count)"
        case .throwing: "throwing"
        case .trapping: "trapping"
        case .exiting(let code): "exiting with \(code)"
        case .parenting(let endsItself): endsItself ? "leaving a grandchild" : "parenting"
        }
    }
}

struct Answer: Codable, Sendable, Equatable {
    var serial: Int
    var sum: Int64 = 0
    var bytes: [UInt8] = []
}

struct Complaint: Error, Codable, Equatable {
    var serial: Int
}

/// The same for what travels as its bytes, without a coder.
struct Number: Work {
    var serial: Int
    func run() -> Int { serial &* 3 &+ 1 }
}

/// Makes pieces of work, the usual ones often and the murderous ones seldom.
struct PieceMaker {
    private(set) var random: SplitMix
    /// What a payload is made of: blocks from any place in it.
    private let noise: [UInt8]

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        var random = random
        noise = (0..<8_192).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    mutating func next(_ serial: Int) -> Piece {
        switch Int.random(in: 0..<1_000, using: &random) {
        case ..<650: Piece(serial: serial, kind: .nothing)
        case ..<880: harmless(serial)
        case ..<930: Piece(serial: serial, kind: .payload(payload()))
        case ..<970: Piece(serial: serial, kind: .throwing)
        case ..<978: Piece(serial: serial, kind: .trapping)
        case ..<986: Piece(serial: serial, kind: .exiting(.random(in: 0...120, using: &random)))
        default: Piece(serial: serial, kind: .parenting(endsItself: random.isOnce(in: 2)))
        }
    }

    /// One that only a blow from outside can make fail.
    mutating func harmless(_ serial: Int) -> Piece {
        if random.isOnce(in: 2) { return Piece(serial: serial, kind: .nothing) }
        let count = Int.random(in: 0...200, using: &random)
        return Piece(serial: serial, kind: .sum((0..<count).map { _ in .random(in: .min ... .max, using: &random) }))
    }

    mutating func isOnce(in count: Int) -> Bool { random.isOnce(in: count) }

    mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// From 1 KiB to 1 MiB, as many of each doubling.
    private mutating func payload() -> [UInt8] {
        let size = 1 << Int.random(in: 10...19, using: &random)
        let count = Int.random(in: size...2 * size, using: &random)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let start = Int.random(in: 0..<4_096, using: &random)
            bytes += noise[start..<min(noise.count, start + count - bytes.count)]
        }
        return bytes
    }
}
