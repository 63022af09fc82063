// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why there is no figure. Ends the run: a benchmark that goes on after a wrong answer measures nothing.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// All values of one row, over all runs: times in nanoseconds, or rates by the second.
struct Series {
    private var values: [Double] = []

    mutating func add(_ more: [Double]) { values = (values + more).sorted() }

    var count: Int { values.count }

    var minimum: Double { values.first ?? .nan }
    var maximum: Double { values.last ?? .nan }
    var median: Double { quantile(0.5) }

    /// How far the middle half of the values reaches, as a share of the median: robust against a neighbour's bursts.
    var spread: Double { (quantile(0.75) - quantile(0.25)) / median }

    private func quantile(_ share: Double) -> Double {
        guard !values.isEmpty else { return .nan }
        let place = share * Double(values.count - 1)
        let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        return values[low] + (values[high] - values[low]) * (place - Double(low))
    }

    // MARK: The form in which measuring programs hand over what they have measured

    /// `NAME<tab>VALUE VALUE …`: a form that a peer in any language can print.
    static func line(_ name: String, _ values: [Double]) -> String {
        name + "\t" + values.map(\.description).joined(separator: " ")
    }

    static func parse(_ output: String) throws -> [(name: String, values: [Double])] {
        try output.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            let values = parts.count == 2 ? parts[1].split(separator: " ").compactMap { Double($0) } : []
            guard !values.isEmpty else { throw BenchmarkFailure("not a line of measurements: \(line)") }
            return (String(parts[0]), values)
        }
    }
}

extension Duration {
    var nanoseconds: Double { Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9 }
}
