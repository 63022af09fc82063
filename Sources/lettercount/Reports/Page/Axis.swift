// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A scale with the unit in which its marks are written.
struct Axis: Sendable {
    let scale: ChartScale
    let quantity: Quantity
    let unit: Quantity.Unit

    init(_ scale: ChartScale, of quantity: Quantity) {
        self.scale = scale
        self.quantity = quantity
        unit = quantity.unit(for: scale.upper)
    }

    /// What stands beside the title: the unit, and that the scale is logarithmic if it is.
    ///
    /// - Parameter name: instead of the unit's own.
    func note(_ name: String? = nil) -> String {
        [name ?? (hasOwnUnits ? "" : unit.name), scale.isLogarithmic ? "log scale" : ""].filter { !$0.isEmpty }.joined(
            separator: ", ")
    }

    /// Whether each mark has the unit that fits it, because those of a logarithmic scale are too far apart for one.
    private var hasOwnUnits: Bool {
        scale.isLogarithmic && quantity != .ratio && scale.lower * unit.factor < 0.000_99
    }

    func label(_ tick: Double) -> String {
        if scale.isLogarithmic && quantity == .count { return Self.short(tick) }
        if scale.isLogarithmic { return hasOwnUnits ? Self.own(quantity, tick) : Self.trimmed(tick * unit.factor) }
        return Quantity.decimal(tick * unit.factor, places: places)
    }

    /// As many as the distance of two marks needs.
    private var places: Int {
        guard scale.ticks.count > 1 else { return 0 }
        let step = (scale.ticks[1] - scale.ticks[0]) * unit.factor
        return (0..<6).first { ChartScale.power(of: -$0) <= step * 1.000_001 } ?? 6
    }

    private static func short(_ count: Double) -> String {
        let unit = [("G", 1e9), ("M", 1e6), ("k", 1e3)].first { count >= $0.1 } ?? ("", 1)
        return Quantity.decimal(count / unit.1, places: count < 1 ? 1 : 0) + unit.0
    }

    private static func own(_ quantity: Quantity, _ value: Double) -> String {
        let unit = quantity.unit(for: value * 1.000_001)
        return trimmed(value * unit.factor) + " " + unit.name
    }

    private static func trimmed(_ number: Double) -> String {
        let places = (0..<6).first {
            abs(number * ChartScale.power(of: $0) - (number * ChartScale.power(of: $0)).rounded()) < 1e-6
        }
        return Quantity.decimal(number, places: places ?? 6)
    }
}
