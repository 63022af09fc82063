// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Every way in which this program ends, decided here and nowhere else.
enum Ending: Int32, CaseIterable {
    case success = 0
    case someFailed = 1
    case usage = 64
    case badData = 65
    case noInput = 66
    case defect = 70
    case outputFailed = 74
    case interrupted = 130
    case terminated = 143

    /// For the table in the help.
    var meaning: String {
        switch self {
        case .success: "all documents were counted"
        case .someFailed: "some could not be counted and are listed; the others are"
        case .usage: "the command makes no sense as it was typed"
        case .badData: "what was to be merged is damaged, doubled, mixed, or not all there"
        case .noInput: "a file, folder or list that was named is not there"
        case .defect: "no worker or server could be started, or a defect of this program"
        case .outputFailed: "the result could not be written"
        case .interrupted: "ended by Ctrl-C, as a shell reports it; so for any signal N: 128 + N"
        case .terminated: "ended by SIGTERM, likewise"
        }
    }

    /// All of them, a line each.
    static var table: String {
        allCases.map { ending in
            let code = "\(ending.rawValue)"
            return "  " + String(repeating: " ", count: 3 - code.count) + code + "  " + ending.meaning
        }
        .joined(separator: "\n")
    }

    /// Ends with this code. The last two are no codes but what a shell makes of a signal: see `ProgramEnd.end(by:)`.
    func leave() -> Never { ProgramEnd.exit(rawValue) }
}

/// Why a command was not carried out, with the code to end with.
struct Refusal: Error, Equatable {
    let ending: Ending
    let message: String

    init(_ ending: Ending, _ message: String) {
        self.ending = ending
        self.message = message
    }
}
