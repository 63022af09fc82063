// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import lettercount

@Suite struct ChartScaleTests {
    private static let marks: [(Double, [Double])] = [
        (1, [0, 0.5, 1]), (7.3, [0, 2, 4, 6]), (0.012, [0, 0.005, 0.01]), (950, [0, 500]),
        (0.000_004, [0, 2e-6, 4e-6]),
    ]

    @Test(arguments: marks)
    func `marks are multiples of 1, 2 or 5`(_ greatest: Double, _ expected: [Double]) {
        let ticks = ChartScale.linear(to: greatest).ticks
        #expect(ticks.count == expected.count)
        for (tick, value) in zip(ticks, expected) { #expect(abs(tick - value) <= value * 1e-9) }
    }

    @Test(arguments: [1e-9, 0.3, 1, 9.99, 12_345, 1e12])
    func `there are neither too few nor too many marks`(_ greatest: Double) {
        let scale = ChartScale.linear(to: greatest)
        #expect((2...6).contains(scale.ticks.count))
        #expect(scale.ticks.allSatisfy { scale.percent($0) <= 100 })
    }

    @Test(arguments: [0.0, -1, .nan, .infinity])
    func `a scale without a greatest value is one all the same`(_ greatest: Double) {
        let scale = ChartScale.linear(to: greatest)
        #expect(scale.percent(0) == 0)
        #expect(scale.ticks.count > 1)
        #expect(scale.percent(.nan) == 0)
    }

    @Test func `a linear scale begins at zero and keeps distances`() {
        let scale = ChartScale.linear(to: 100)
        #expect(scale.percent(0) == 0)
        #expect(abs(scale.percent(50) * 2 - scale.percent(100)) < 1e-9)
        #expect(scale.percent(1_000) == 100)
    }

    @Test func `values that are far apart get a logarithmic scale, which has its marks at powers of ten`() {
        #expect(ChartScale.fitting([1, 19], ratio: 20).kind == .linear)
        let scale = ChartScale.fitting([0.3, 0, 40], ratio: 20)
        #expect(scale.kind == .logarithmic)
        #expect(scale.ticks == [0.1, 1, 10])
        #expect(scale.percent(0) == 0)
        let (one, ten) = (scale.percent(1), scale.percent(10))
        #expect(abs((ten - one) - (one - scale.percent(0.1))) < 1e-9)
    }

    @Test(arguments: [1e-300, 3e-7, 0.1, 0.999, 1, 2, 10, 1_234.5, 8e15, 1e300])
    func `the logarithm is that of libc`(_ value: Double) {
        #expect(abs(Logarithm.base10(value) - log10(value)) <= abs(log10(value)) * 1e-14 + 1e-15)
    }
}

@Suite struct AxisTests {
    @Test func `marks are written in the unit of the axis, with as many places as they need`() {
        let seconds = Axis(.linear(to: 0.012), of: .seconds)
        #expect(seconds.scale.ticks.map(seconds.label) == ["0", "5", "10"])
        #expect(seconds.note() == "ms")
        let ratios = Axis(.linear(to: 1), of: .ratio)
        #expect(ratios.scale.ticks.map(ratios.label) == ["0.0", "0.5", "1.0"])
    }

    @Test func `a logarithmic axis says that it is one`() {
        let axis = Axis(.logarithmic(from: 0.02, to: 3), of: .seconds)
        #expect(axis.note() == "s, log scale")
        #expect(axis.scale.ticks.map(axis.label) == ["0.01", "0.1", "1"])
    }

    @Test func `marks too far apart for one unit have one each`() {
        let axis = Axis(.logarithmic(from: 0.000_02, to: 3), of: .seconds)
        #expect(axis.note() == "log scale")
        #expect(axis.scale.ticks.map(axis.label).first == "10 µs")
    }
}
