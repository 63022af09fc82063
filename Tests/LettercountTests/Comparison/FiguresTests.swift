// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import Testing

@testable import lettercount

@Suite struct FiguresTests {
    @Test func `quantiles lie between neighbours, and an empty sample has zeros`() {
        let sample = Sample([4, 1, 3, 2])
        #expect(sample.median == 2.5 && sample.lowerQuartile == 1.75 && sample.upperQuartile == 3.25)
        #expect(sample.least == 1 && sample.greatest == 4)
        #expect(Sample([7]).median == 7 && Sample([7]).upperQuartile == 7)
        #expect(Sample([]).median == 0 && Sample([]).isEmpty)
    }

    private static func run(_ seconds: Double, lost: UInt64 = 0) -> ModelRun {
        ModelRun(
            seconds: seconds, startSeconds: 0, processorSeconds: 0, letters: 100 - lost, lostUpdates: lost,
            surplusUpdates: 0)
    }

    private static func result(_ seconds: [Double], _ model: CountingModel = CountingModel(.threads)) -> ModelResult {
        ModelResult(model: model, workers: 2, runs: seconds.map { run($0) })
    }

    @Test func `speed-up is a ratio within each round, so that a slow round falls out`() {
        let (one, other) = (Self.result([1, 10, 1]), Self.result([0.5, 5, 0.5]))
        #expect(other.speedUp(over: one).sorted == [2, 2, 2])
        #expect(Self.result([]).speedUp(over: one).isEmpty)
    }

    @Test func `a line goes through its points, and through no single one`() throws {
        let line = try #require(Fit.line([(1, 5), (2, 7), (4, 11)]))
        #expect(abs(line.intercept - 3) < 1e-9 && abs(line.slope - 2) < 1e-9)
        #expect(Fit.line([(1, 5)]) == nil && Fit.line([(1, 5), (1, 6)]) == nil)
    }

    @Test func `the serial share of times by Amdahl's law is found again`() throws {
        func point(_ workers: Int) -> ScalePoint {
            ScalePoint(workers: workers, bytes: 10, seconds: [2 * (0.25 + 0.75 / Double(workers))])
        }
        var scaling = Scaling(
            model: CountingModel(.threads), overWorkers: [1, 2, 4, 8].map(point),
            overBytes: [100, 200].map { ScalePoint(workers: 1, bytes: $0, seconds: [0.5 + Double($0) * 0.01]) })
        scaling.fit()
        #expect(abs(try #require(scaling.serialShare) - 0.25) < 1e-9)
        #expect(abs(try #require(scaling.fixedSeconds) - 0.5) < 1e-9)
        #expect(abs(try #require(scaling.secondsPerByte) - 0.01) < 1e-9)
    }

    @Test func `what is missing counts as lost, and what is too much does not make up for it`() {
        var (exact, counted) = (LetterCounts(), LetterCounts())
        exact["a"] = 10
        exact["b"] = 10
        counted["a"] = 7
        counted["b"] = 12
        #expect(exact.excess(over: counted) == 3 && counted.excess(over: exact) == 2)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_251_199, "2024-02-29T23:59:59Z"), (1_795_536_123, "2026-11-24T16:02:03Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
    ])
    func `dates follow the calendar`(seconds: Int64, text: String) { #expect(Dates.text(seconds) == text) }

    @Test func `numbers of workers go up to all there are`() {
        #expect(WorkerCounts.upTo(1) == [1] && WorkerCounts.upTo(3) == [1, 2, 3])
        #expect(WorkerCounts.upTo(48) == [1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 48])
        #expect(WorkerCounts.upTo(16) == [1, 2, 3, 4, 5, 6, 7, 8, 16])
    }

    @Test func `as many rounds as fit, but neither too few nor too many`() {
        #expect(RunCount.rounds(within: 10, eachTaking: 2) == 5)
        #expect(RunCount.rounds(within: 1, eachTaking: 2) == RunCount.fewest)
        #expect(RunCount.rounds(within: 100, eachTaking: 0) == RunCount.most)
    }

    // MARK: Warnings

    private static func comparison(_ models: [ModelResult], isOptimised: Bool = true, processors: Int = 2) -> Comparison
    {
        var comparison = Comparison(
            machine: MachineFacts(
                processor: "P", usableProcessors: processors, memoryBytes: 1, system: "S", compiler: "C", version: "0",
                isOptimised: isOptimised),
            date: "", corpus: CorpusFacts(sources: "", documents: 1, bytes: 1, letters: LetterCounts(), text: .letters))
        comparison.workloads = [
            WorkloadResult(workload: .computing(passes: 1), workers: 2, grain: .letter, models: models)
        ]
        return comparison
    }

    @Test func `steady figures of an optimised program need no warning`() {
        #expect(Warnings.all(for: Self.comparison([Self.result([1, 1, 1])])).isEmpty)
    }

    @Test func `each warning comes with its remedy`() {
        func warnings(_ comparison: Comparison) -> String { Warnings.all(for: comparison).joined(separator: "\n") }
        let steady = [Self.result([1, 1, 1])]
        #expect(warnings(Self.comparison(steady, isOptimised: false)).contains("-c release"))
        #expect(warnings(Self.comparison(steady, processors: 1)).contains("run it where there are more"))
        #expect(warnings(Self.comparison([Self.result([1, 2, 3])])).contains("--runs"))
        #expect(warnings(Self.comparison([Self.result([1])])).contains("--model"))
        #expect(warnings(Self.comparison([Self.result([0.001, 0.001, 0.001])])).contains("--passes"))
        var wrong = Self.result([1, 1, 1])
        wrong.runs[1].lostUpdates = 1
        #expect(warnings(Self.comparison([wrong])).contains("defect"))
        wrong.model = CountingModel(.threads, sync: TableSync.none)
        #expect(!warnings(Self.comparison([wrong])).contains("defect"))
        var scaled = Self.comparison(steady)
        let point = ScalePoint(workers: 1, bytes: 1, seconds: [1, 2, 3])
        scaled.scalings = [Scaling(model: CountingModel(.threads), overWorkers: [point], overBytes: [])]
        #expect(warnings(scaled).contains("the lines through them mean little"))
        var interrupted = Self.comparison(steady)
        interrupted.isComplete = false
        #expect(warnings(interrupted).contains("interrupted"))
    }
}
