// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a number measures, and so how it reads: with a unit that fits and three digits that count.
enum Quantity: Sendable {
    case seconds
    case bytes
    case count
    /// How many times as much.
    case ratio
    /// A part of 1.
    case share

    /// A unit, and how many of it make the quantity's own.
    struct Unit: Sendable, Equatable {
        var name: String
        var factor: Double
    }

    func text(_ value: Double) -> String {
        switch self {
        case .count: Self.grouped(value)
        case .ratio: Self.significant(value) + " ×"
        case .share: Self.significant(value * 100) + " %"
        case .seconds, .bytes:
            {
                let unit = unit(for: value)
                return Self.significant(value * unit.factor) + " " + unit.name
            }()
        }
    }

    /// The one in which the number is from 1 to below 1,000, if there is one.
    func unit(for value: Double) -> Unit {
        switch self {
        case .seconds:
            if value >= 1 || value <= 0 { return Unit(name: "s", factor: 1) }
            return value >= 0.001 ? Unit(name: "ms", factor: 1_000) : Unit(name: "µs", factor: 1_000_000)
        case .bytes:
            let units = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
            let (name, size) = units.first { value >= $0.1 } ?? ("B", 1)
            return Unit(name: name, factor: 1 / size)
        case .count:
            let units = [("thousand million", 1e9), ("million", 1e6), ("thousand", 1e3)]
            let (name, size) = units.first { value >= $0.1 * 2 } ?? ("", 1)
            return Unit(name: name, factor: 1 / size)
        case .ratio: return Unit(name: "×", factor: 1)
        case .share: return Unit(name: "%", factor: 100)
        }
    }

    /// Three digits, or all those before the point.
    static func significant(_ value: Double) -> String {
        let size = abs(value)
        if size == 0 { return "0" }
        return decimal(value, places: size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.1 ? 2 : 3)
    }

    /// Negative and huge numbers too; a dash where there is no number.
    static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e18 / ChartScale.power(of: places) else { return "–" }
        let text = Decimals.text(abs(value), places: places)
        return value < 0 && text.contains { ("1"..."9").contains($0) } ? "−" + text : text
    }

    /// Whole, with a comma for each thousand; of small numbers the halves, as medians have them, are kept.
    static func grouped(_ value: Double) -> String {
        let places = value == value.rounded() || abs(value) >= 100 ? 0 : 1
        let parts = decimal(value, places: places).split(separator: ".")
        guard let whole = parts.first else { return "" }
        var text = ""
        for (index, digit) in whole.enumerated() {
            let left = whole.count - index
            if left.isMultiple(of: 3), index > 0, whole.prefix(index) != "−" { text += "," }
            text.append(digit)
        }
        return ([text] + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    static func grouped(_ value: some FixedWidthInteger) -> String { grouped(Double(value)) }
}
