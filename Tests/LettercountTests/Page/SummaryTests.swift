// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct SummaryTests {
    private static func result(_ models: [(sync: TableSync, seconds: [Double], lost: UInt64, memory: UInt64?)])
        -> WorkloadResult
    {
        let sequential = ModelResult(
            model: SampleComparison.model(.sequential, .sharded), workers: 1,
            runs: [2, 2, 2].map { OddComparisons.run($0) })
        let others = models.map { model in
            ModelResult(
                model: SampleComparison.model(.threads, model.sync), workers: 2,
                runs: model.seconds.map { OddComparisons.run($0, lost: model.lost) }, peakMemoryBytes: model.memory)
        }
        return WorkloadResult(
            workload: .computing(passes: 1), workers: 2, grain: .letter, models: [sequential] + others)
    }

    /// Without its tags.
    private static func text(_ result: WorkloadResult) -> String {
        let html = SummaryCard(finding: Finding(result: result, index: 0)).markup.html
        return html.split(separator: "<").compactMap { $0.split(separator: ">", maxSplits: 1).dropFirst().first }
            .joined().split(separator: "\n").joined(separator: " ")
    }

    @Test func `the fastest exact model is named with its speed-up`() {
        let text = Self.text(
            Self.result([
                (.mutex, [3, 3.1, 3.2], 0, nil), (.sharded, [1, 1, 1], 0, nil), (.none, [0.5, 0.5, 0.5], 250, nil),
            ]))
        #expect(text.contains("threads/sharded took 1.00 s (median of 3): 2.00 times as fast as sequential"))
        #expect(text.contains("Faster still, but wrong: threads/none."))
        #expect(!text.contains("Within the spread"))
    }

    @Test func `lost updates are told with their share of all`() {
        let text = Self.text(Self.result([(.none, [0.5, 0.5, 0.5], 250, nil)]))
        #expect(text.contains("✗ One model was wrong in every run."))
        #expect(text.contains("Of the 1,000 updates that a run makes"))
        #expect(text.contains("threads/none250 (25.0 %)"))
    }

    @Test func `models within the spread of the fastest are named`() {
        let text = Self.text(Self.result([(.mutex, [1, 1.1, 1.2], 0, nil), (.sharded, [1.05, 1.15, 1.3], 0, nil)]))
        #expect(text.contains("Within the spread, as fast: threads/sharded."))
    }

    @Test func `when none is faster than the baseline, that is said`() {
        let text = Self.text(Self.result([(.mutex, [3, 3, 3], 0, nil)]))
        #expect(text.contains("sequential took 2.00 s (median of 3): no other exact model was faster"))
        #expect(text.contains("✓ All 2 models that ran to the end gave the exact table in every run."))
    }

    @Test func `the leanest and the heaviest are named`() {
        let text = Self.text(Self.result([(.mutex, [3], 0, 12_000_000), (.sharded, [3], 0, 90_000_000)]))
        #expect(text.contains("Memory: from 12.0 MB (threads/mutex) to 90.0 MB (threads/sharded)."))
    }

    @Test func `a model is exact only if all its runs are`() {
        var model = ModelResult(model: SampleComparison.model(.threads, .none), workers: 2)
        #expect(model.verdict == .failed)
        model.runs = [OddComparisons.run(1), OddComparisons.run(1)]
        #expect(model.verdict == .exact)
        model.runs.append(OddComparisons.run(1, lost: 1))
        #expect(model.verdict == .wrong)
        model.failure = "died"
        #expect(model.verdict == .failed)
    }

    @Test func `Amdahl's law begins with the fewest workers and ends below the ideal`() throws {
        let scaling = SampleComparison.whole.scalings[0]
        let law = Amdahl(scaling)
        #expect(law.fitted(1) == 1)
        #expect(law.ideal(8) == 8)
        let eight = try #require(law.fitted(8))
        #expect(abs(eight - 1 / (0.06 + 0.94 / 8)) < 1e-9)
        #expect(law.limit.map { $0.rounded() } == 17)
    }
}
