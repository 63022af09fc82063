// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// What the command line asks for.
struct ChaosOptions: Sendable {
    static let usage = """
        usage: chaos [--methods fork,spawn,forkserver] [--pieces N] [--seconds S] [--workers N] [--every MILLISECONDS]
                     [--patience S] [--seed N] [--json] [--verbose]

          --methods   the start methods, one after the other (all)
          --pieces    how many pieces of work by each: as fast as they go, or spread over the time that --seconds gives
          --seconds   for how long; alone, with as many pieces as go (100000 over 120 seconds if neither is given)
          --workers   how many workers a pool has (4)
          --every     how long it stays calm, on average, between two blows (5)
          --patience  after how long without any end of a piece of work it counts as hung (30)
          --seed      the same decisions again; the moments are the machine's
          --json      a line of JSON for each method
          --verbose   show what the workers write to standard error

        """

    var methods = StartMethod.allCases
    var pieces = 100_000
    var time: Duration?
    var workers = 4
    var calm = Duration.milliseconds(5)
    var patience = Duration.seconds(30)
    var seed = UInt64.random(in: 0...0xffff_ffff)
    var isJSON = false
    var isVerbose = false

    /// Nil when they make no sense.
    static func read(_ arguments: some Sequence<String>) -> ChaosOptions? {
        var options = ChaosOptions()
        var arguments = arguments.makeIterator()
        var pieces: Int?
        while let name = arguments.next() {
            switch name {
            case "--json": options.isJSON = true
            case "--verbose": options.isVerbose = true
            case "--pieces":
                guard let count = arguments.next().flatMap(Int.init), count > 0 else { return nil }
                pieces = count
            default:
                guard let value = arguments.next(), options.take(name, value) else { return nil }
            }
        }
        switch (pieces, options.time) {
        case (let pieces?, _): options.pieces = pieces
        case (nil, nil): options.time = .seconds(120)
        case (nil, _): options.pieces = .max
        }
        return options
    }

    private mutating func take(_ name: String, _ value: String) -> Bool {
        if name == "--methods" {
            let found = value.split(separator: ",").map { StartMethod(rawValue: String($0)) }
            methods = found.compactMap(\.self)
            return !methods.isEmpty && methods.count == found.count
        }
        guard let number = UInt64(value), number > 0 || name == "--seed" else { return false }
        switch name {
        case "--seconds": time = .seconds(number)
        case "--workers": workers = Int(number)
        case "--every": calm = .milliseconds(number)
        case "--patience": patience = .seconds(number)
        case "--seed": seed = number
        default: return false
        }
        return true
    }

    /// The command line of the process that does one method's share.
    func arguments(for method: StartMethod) -> [String] {
        var list = ["--methods", method.rawValue, "--workers", "\(workers)", "--seed", "\(seed)"]
        list += ["--every", "\(calm.milliseconds)", "--patience", "\(patience.components.seconds)"]
        if pieces != .max { list += ["--pieces", "\(pieces)"] }
        if let time { list += ["--seconds", "\(time.components.seconds)"] }
        return list + (isJSON ? ["--json"] : []) + (isVerbose ? ["--verbose"] : [])
    }
}

extension Duration {
    var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }

    /// For people: seconds, to the millisecond.
    var inSeconds: String {
        let rest = "\(milliseconds % 1_000)"
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}

/// A small generator whose whole state is one number.
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// True once in so many times.
    mutating func isOnce(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }
}
