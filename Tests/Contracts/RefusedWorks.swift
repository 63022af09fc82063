// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Cannot be found by its name.
private struct Hidden: Work {
    var number = 1
    func run() -> Int { number }
}

/// The failure that a private type meets.
func hiddenTypeFailure(in pool: any WorkerPool) async throws -> WorkFailure {
    try await failure(of: Hidden(), in: pool)
}

/// The failure that a type local to a function meets.
func localTypeFailure(in pool: any WorkerPool) async throws -> WorkFailure {
    struct Local: Work {
        var number = 1
        func run() -> Int { number }
    }
    return try await failure(of: Local(), in: pool)
}

/// A value that misbehaves at one of the points where it becomes bytes or is made of them.
struct Fragile: Codable, Sendable {
    enum Point: String, Codable, CaseIterable, Sendable {
        case encodingWork, decodingWork, encodingOutput, decodingOutput
    }

    var point: Point?
    // Holds a reference, or the value would travel as its bytes and never meet a coder.
    var text = ""

    init(_ point: Point?) { self.point = point }

    init(from decoder: any Decoder) throws {
        point = try decoder.singleValueContainer().decode(Point?.self)
        if point == .decodingWork || point == .decodingOutput { throw Oops(detail: "decoding") }
    }

    func encode(to encoder: any Encoder) throws {
        if point == .encodingWork || point == .encodingOutput { throw Oops(detail: "encoding") }
        var container = encoder.singleValueContainer()
        try container.encode(point)
    }
}

struct FragileWork: Work {
    var value: Fragile
    var next: Fragile.Point?
    func run() -> Fragile { Fragile(next) }
}
