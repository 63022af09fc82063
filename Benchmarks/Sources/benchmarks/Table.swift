// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A Markdown table over the series of one group.
struct Table {
    /// What the values are and how they are shown.
    enum Unit: String {
        case microseconds = "µs"
        case milliseconds = "ms"
        case kibibytes = "KiB"
        case perSecond = "a second"
        case gigabytesPerSecond = "GB/s"

        /// Whether more is better.
        var isRate: Bool { self == .perSecond || self == .gigabytesPerSecond }

        func text(_ value: Double) -> String {
            switch self {
            case .microseconds: fixed(value / 1e3, places: 1)
            case .milliseconds: fixed(value / 1e6, places: 1)
            case .kibibytes: fixed(value / 1024, places: 0)
            case .perSecond: fixed(value, places: 0)
            case .gigabytesPerSecond: fixed(value / 1e9, places: value < 1e9 ? 3 : 2)
            }
        }
    }

    /// The quotient of two series' medians, or nothing where there is nothing to compare.
    struct Ratio {
        var of: String
        var to: String
    }

    struct Row {
        var label: String
        var key: String
        var ratios: [Ratio?] = []
    }

    var title: String
    var unit: Unit
    var ratioTitles: [String]
    var rows: [Row]

    /// - Parameters:
    ///   - series: What was measured, by key.
    ///   - missing: Why a series is not there, by the first word of its key.
    func markdown(_ series: [String: Series], missing: [String: String]) -> String {
        let best = unit.isRate ? "best" : "minimum"
        let head = ["", "median \(unit.rawValue)", best, "spread", "values"] + ratioTitles
        let lines = [head, head.indices.map { $0 == 0 ? "---" : "---:" }] + rows.map { cells(of: $0, series, missing) }
        return "### \(title)\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    private func cells(of row: Row, _ series: [String: Series], _ missing: [String: String]) -> [String] {
        guard let values = series[row.key] else {
            let reason = row.key.split(separator: " ").first.flatMap { missing[String($0)] } ?? "not measured"
            return [row.label, "skipped: \(reason)"] + Array(repeating: "", count: 3 + ratioTitles.count)
        }
        let best = unit.isRate ? values.maximum : values.minimum
        let ratios = ratioTitles.indices.map { index -> String in
            guard index < row.ratios.count, let ratio = row.ratios[index], let upper = series[ratio.of],
                let lower = series[ratio.to]
            else { return "" }
            let value = upper.median / lower.median
            return fixed(value, places: value < 10 ? 2 : 1)
        }
        return [
            row.label, unit.text(values.median), unit.text(best), fixed(values.spread * 100, places: 0) + " %",
            "\(values.count)",
        ] + ratios
    }
}

/// A number with so many decimal places, its thousands apart.
func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite else { return "?" }
    let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
    let units = Int((value * Double(scale)).rounded())
    var whole = "\(units / scale)"
    var grouped = ""
    while whole.count > 3 {
        grouped = "," + whole.suffix(3) + grouped
        whole.removeLast(3)
    }
    let rest = "\(units % scale)"
    return whole + grouped + (places == 0 ? "" : "." + String(repeating: "0", count: places - rest.count) + rest)
}
