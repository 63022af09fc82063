// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Where a value lies between two others, and the round values that are to be marked.
struct ChartScale: Sendable, Equatable {
    enum Kind: Sendable {
        case linear
        /// Equal distances are equal ratios.
        case logarithmic
    }

    let kind: Kind
    let lower: Double
    let upper: Double
    let ticks: [Double]

    /// From zero to a little more than the greatest value.
    static func linear(to greatest: Double, tickCount: Int = 4) -> ChartScale {
        let greatest = greatest > 0 && greatest.isFinite ? greatest : 1
        let upper = greatest * 1.03
        return ChartScale(kind: .linear, lower: 0, upper: upper, ticks: roundValues(to: upper, count: tickCount))
    }

    /// From a power of ten below the least to a little more than the greatest value; both must be greater than zero.
    static func logarithmic(from least: Double, to greatest: Double, tickCount: Int = 4) -> ChartScale {
        let bottom = Int(Logarithm.base10(least * 0.999).rounded(.down))
        let top = Int(Logarithm.base10(max(greatest, least)).rounded(.up))
        let powers = Array(bottom...max(top, bottom + 1))
        // Every second or third power where there are many.
        let stride = (powers.count + tickCount - 1) / max(1, tickCount)
        let ticks = powers.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { power(of: $0.element) }
        let upper = max(greatest * 1.3, power(of: bottom) * 10)
        return ChartScale(
            kind: .logarithmic, lower: power(of: bottom), upper: upper, ticks: ticks.filter { $0 <= upper })
    }

    /// Logarithmic where the greatest is more than so many times the least, since the least could not be seen otherwise.
    static func fitting(_ values: [Double], ratio: Double, tickCount: Int = 4) -> ChartScale {
        let positive = values.filter { $0 > 0 && $0.isFinite }
        guard let least = positive.min(), let greatest = positive.max(), greatest > least * ratio else {
            return linear(to: values.max() ?? 0, tickCount: tickCount)
        }
        return logarithmic(from: least, to: greatest, tickCount: tickCount)
    }

    var isLogarithmic: Bool { kind == .logarithmic }

    /// From 0 to 100; what lies outside is put at the nearer end.
    func percent(_ value: Double) -> Double {
        guard value.isFinite, upper > lower else { return 0 }
        let part =
            switch kind {
            case .linear: (value - lower) / (upper - lower)
            case .logarithmic:
                value <= lower ? 0 : Logarithm.base10(value / lower) / Logarithm.base10(upper / lower)
            }
        return min(100, max(0, part * 100))
    }

    /// About so many multiples of 1, 2 or 5 times a power of ten, from 0 on.
    static func roundValues(to upper: Double, count: Int) -> [Double] {
        guard upper > 0, upper.isFinite else { return [0] }
        let step = roundStep(atLeast: upper / Double(max(1, count)))
        return (0...Int(upper / step + 1e-9)).map { Double($0) * step }
    }

    /// The least of 1, 2 and 5 times a power of ten that is not less.
    static func roundStep(atLeast least: Double) -> Double {
        let size = power(of: Int(Logarithm.base10(least).rounded(.down)))
        let factor = [1.0, 2, 5].first { $0 * size >= least * (1 - 1e-9) } ?? 10
        return factor * size
    }

    /// Of ten. By division below 1, since 0.001 is nearer to 1/1000 than to 0.1 × 0.1 × 0.1.
    static func power(of exponent: Int) -> Double {
        let size = (0..<min(abs(exponent), 300)).reduce(1.0) { product, _ in product * 10 }
        return exponent < 0 ? 1 / size : size
    }
}

/// The logarithm, which the standard library leaves to libc.
enum Logarithm {
    /// Exact to about fifteen digits, for numbers greater than zero.
    static func base10(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        let ln2 = 0.693_147_180_559_945_3
        let ln10 = 2.302_585_092_994_046
        // ln m = 2 artanh((m - 1) / (m + 1)), and the mantissa is from 1 to 2, so the series falls by 9 each time.
        let root = (value.significand - 1) / (value.significand + 1)
        var (sum, term) = (0.0, root)
        for index in 0..<18 {
            sum += term / Double(2 * index + 1)
            term *= root * root
        }
        return (Double(value.exponent) * ln2 + 2 * sum) / ln10
    }
}
