// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

struct Power: Work {
    var base: Int
    var exponent: Int
    func run() -> Int { (0..<exponent).reduce(1) { product, _ in product * base } }
}

struct Uncodable: Error, CustomStringConvertible {
    var description: String { "only words" }
}

struct Complaining: Work {
    var isCodable: Bool
    func run() throws {
        if isCodable { throw Oops(detail: "codable") }
        throw Uncodable()
    }
}

/// Something whose end can be observed.
final class Tracked: Codable, Sendable {
    let number: Int
    init(number: Int) { self.number = number }
}

struct CarryingTracked: Work {
    var tracked: Tracked
    func run() -> Tracked { Tracked(number: tracked.number + 1) }
}

/// Knows what it watches without keeping it.
struct Watcher {
    weak var watched: Tracked?
}

/// Answers how often it has beaten by now.
struct Beating: Work {
    var heart: Heart
    func run() -> Int {
        heart.beat()
        return heart.beats
    }
}
