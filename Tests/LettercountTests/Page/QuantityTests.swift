// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct QuantityTests {
    @Test(arguments: [
        (0, "0 s"), (0.000_001_5, "1.50 µs"), (0.012_34, "12.3 ms"), (0.999, "999 ms"), (1.5, "1.50 s"),
        (123.4, "123 s"),
    ])
    func `seconds have a unit that fits`(_ value: Double, _ text: String) {
        #expect(Quantity.seconds.text(value) == text)
    }

    @Test(arguments: [(0, "0 B"), (999, "999 B"), (12_345, "12.3 kB"), (71_234_567, "71.2 MB"), (8.2e9, "8.20 GB")])
    func `bytes have a unit that fits`(_ value: Double, _ text: String) {
        #expect(Quantity.bytes.text(value) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (1_234.5, "1,235"), (12.5, "12.5"),
    ])
    func `counts are grouped`(_ value: Double, _ text: String) {
        #expect(Quantity.count.text(value) == text)
    }

    @Test func `ratios and shares say what they are`() {
        #expect(Quantity.ratio.text(1.874) == "1.87 ×")
        #expect(Quantity.share.text(0.127_02) == "12.7 %")
        #expect(Quantity.ratio.text(0.052_1) == "0.052 ×")
    }

    @Test(arguments: [Double.nan, .infinity, 1e300])
    func `what cannot be written is a dash`(_ value: Double) {
        #expect(Quantity.decimal(value, places: 2) == "–")
        #expect(Quantity.count.text(value) == "–")
    }

    @Test func `negative numbers have a minus sign, and zero has none`() {
        #expect(Quantity.decimal(-1.25, places: 1) == "−1.3")
        #expect(Quantity.decimal(-0.001, places: 1) == "0.0")
        #expect(Quantity.grouped(-1_234) == "−1,234")
        #expect(Quantity.grouped(-123) == "−123")
    }
}
