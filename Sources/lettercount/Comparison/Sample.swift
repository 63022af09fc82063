// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Numbers that were measured several times, and what may be said of them.
///
/// Medians and quartiles, not means and deviations: a machine with other things to do makes single runs far slower and
/// none faster, and a mean moves with them.
struct Sample: Sendable, Equatable {
    let sorted: [Double]

    init(_ values: some Sequence<Double>) { sorted = values.sorted() }

    var isEmpty: Bool { sorted.isEmpty }

    /// The value with so much of the sample below it, linearly between two neighbours; 0 for an empty sample.
    func quantile(_ part: Double) -> Double {
        guard let last = sorted.last else { return 0 }
        let position = part * Double(sorted.count - 1)
        let index = Int(position)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
    }

    var median: Double { quantile(0.5) }
    var lowerQuartile: Double { quantile(0.25) }
    var upperQuartile: Double { quantile(0.75) }
    /// Half of the distance between the quartiles.
    var halfSpread: Double { (upperQuartile - lowerQuartile) / 2 }
    /// How far apart the quartiles are, as a part of the median.
    var relativeSpread: Double { median > 0 ? 2 * halfSpread / median : 0 }
    var least: Double { sorted.first ?? 0 }
    var greatest: Double { sorted.last ?? 0 }
}

extension ModelResult {
    var seconds: Sample { Sample(runs.map(\.seconds)) }
    var startSeconds: Sample { Sample(runs.map(\.startSeconds)) }
    var processorSeconds: Sample { Sample(runs.map(\.processorSeconds)) }
    var lostUpdates: Sample { Sample(runs.map { Double($0.lostUpdates) }) }

    /// How many runs gave the exact table.
    var exactRuns: Int { runs.count(where: \.isExact) }

    /// How many times as fast it was as the other, round by round, so that what disturbed both at the same time falls out.
    func speedUp(over other: ModelResult) -> Sample {
        Sample(zip(other.runs, runs).filter { $1.seconds > 0 }.map { $0.seconds / $1.seconds })
    }
}

extension WorkloadResult {
    /// What the others are compared with: the sequential model, or else the first.
    var baseline: ModelResult? { models.first { $0.model.model == .sequential } ?? models.first }
}
