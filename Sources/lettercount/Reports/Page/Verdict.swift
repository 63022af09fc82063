// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Whether a model can be trusted.
enum Verdict: String, Sendable {
    /// All its runs gave the exact table.
    case exact
    /// At least one did not.
    case wrong
    /// At least one came to nothing, or there was none.
    case failed

    /// Beside the word, so that nobody needs to tell the colours apart.
    var sign: String {
        switch self {
        case .exact: "✓"
        case .wrong: "✗"
        case .failed: "!"
        }
    }

    var text: String { sign + " " + rawValue }
}

extension ModelResult {
    var verdict: Verdict {
        if failure != nil || runs.isEmpty { return .failed }
        return exactRuns == runs.count ? .exact : .wrong
    }

    /// What must have been counted in each run; zero if there was no run.
    var expectedUpdates: Double {
        runs.first.map { Double($0.letters) + Double($0.lostUpdates) - Double($0.surplusUpdates) } ?? 0
    }
}

extension Workload {
    /// As a heading.
    var title: String {
        switch self {
        case .waiting: "Waiting"
        case .computing: "Computing"
        }
    }

    /// What the workers had to do.
    var explanation: String {
        switch self {
        case .waiting(let delay):
            "Each document is fetched from a server that answers after \(delay) ms, and counted."
        case .computing(let passes):
            "Each document lies in memory and is counted \(passes == 1 ? "once" : "\(Quantity.grouped(passes)) times")."
        }
    }
}
