// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Rows that belong together and are measured in turn.
protocol Group {
    /// Measures everything and answers a section of the report in Markdown.
    func measure(runs: Int) throws -> String
}

/// A program that is run, once in each round, and what it says about itself.
struct Program {
    /// Ours, or the peer's: the first word of its series' keys.
    var name: String
    var measure: () throws -> [(name: String, values: [Double])]

    /// A program that prints its measurements (see `Series.parse`).
    init(_ name: String, printing command: [String]) {
        self.name = name
        measure = { try Series.parse(Shell.output(of: command)) }
    }

    /// A program that is measured from outside: one value, in nanoseconds.
    init(_ name: String, timing series: String, _ command: [String], check: @escaping (String) throws -> Void) {
        self.name = name
        measure = {
            let began = ContinuousClock.now
            let output = try Shell.output(of: command)
            let time = ContinuousClock.now - began
            try check(output)
            return [(series, [time.nanoseconds])]
        }
    }

    /// This program itself, in a fresh process.
    static func ours(_ arguments: String...) -> Program {
        Program("ours", printing: ["/proc/\(getpid())/exe", "measure"] + arguments)
    }
}

/// Runs programs in turn, so that a slow minute of the machine falls on all of them alike.
struct Rounds {
    private(set) var series: [String: Series] = [:]

    init(_ count: Int, of programs: [Program], named name: String) throws {
        for round in 1...count {
            Benchmarks.note("\(name): round \(round) of \(count)")
            for program in programs {
                for (name, values) in try program.measure() {
                    series["\(program.name) \(name)", default: Series()].add(values)
                }
            }
        }
    }
}
