// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

@testable import lettercount

/// Comparisons of which a page must make something all the same.
enum OddComparisons {
    static let all: [(name: String, comparison: Comparison)] = [
        ("nothing was measured", SampleComparison.empty),
        ("every model failed", failed),
        ("one run", runs([0.25])),
        ("no time", runs([0, 0, 0])),
        ("one document", oneDocument),
        ("no letters", noLetters),
        ("many workers", many),
        ("hostile names", hostile),
        ("huge numbers", huge),
        ("only scalings", onlyScalings),
        ("scalings without fits", bareScalings),
    ]

    static func named(_ name: String) -> Comparison {
        all.first { $0.name == name }?.comparison ?? SampleComparison.empty
    }

    private static let threads = SampleComparison.model(.threads, .none)

    private static func with(_ models: [ModelResult]) -> Comparison {
        var comparison = SampleComparison.empty
        comparison.workloads = [
            WorkloadResult(workload: .computing(passes: 1), workers: 2, grain: .block, models: models)
        ]
        return comparison
    }

    static func run(_ seconds: Double, lost: UInt64 = 0) -> ModelRun {
        ModelRun(
            seconds: seconds, startSeconds: 0, processorSeconds: seconds, letters: 1_000 - lost, lostUpdates: lost,
            surplusUpdates: 0)
    }

    private static let failed = with([
        ModelResult(model: threads, workers: 2, failure: "a worker died <SIGKILL>"),
        ModelResult(model: threads, workers: 2),
    ])

    private static func runs(_ seconds: [Double]) -> Comparison {
        let sequential = SampleComparison.model(.sequential, .sharded)
        return with([
            ModelResult(model: sequential, workers: 1, runs: seconds.map { run($0) }),
            ModelResult(model: threads, workers: 2, runs: seconds.map { run($0, lost: 1) }),
        ])
    }

    static func entry(_ document: String, worker: Int = 0, start: Double = 0) -> TimelineEntry {
        TimelineEntry(
            document: document, worker: worker, workerName: "thread \(worker)", start: start, wait: 0.001, transfer: 0,
            count: 0.002, merge: 0.000_01)
    }

    private static let oneDocument: Comparison = {
        var comparison = runs([0.1])
        comparison.corpus.documents = 1
        comparison.workloads[0].models[0].timeline = [entry("only.txt")]
        return comparison
    }()

    private static let noLetters: Comparison = {
        var comparison = runs([0.1, 0.2])
        comparison.corpus.letters = LetterCounts()
        comparison.corpus.bytes = 0
        return comparison
    }()

    /// 1,024 workers and 5,000 documents.
    private static let many: Comparison = {
        var comparison = runs([0.1, 0.2, 0.15])
        comparison.workloads[0].models[1].workers = 1_024
        comparison.workloads[0].models[1].timeline = (0..<5_000).map { index in
            entry("\(index).txt", worker: index % 1_024, start: Double(index / 1_024) * 0.01)
        }
        return comparison
    }()

    static let nasty = "</script><b onclick=\"x\">&\u{1b}[31m'\u{202e}\u{0}\u{2028}<!--"

    private static let hostile: Comparison = {
        var comparison = oneDocument
        comparison.workloads[0].models[0].timeline = [entry(nasty)]
        comparison.workloads[0].models[1].failure = nasty
        comparison.corpus.sources = nasty
        comparison.machine.processor = nasty
        comparison.date = nasty
        comparison.warnings = [nasty]
        return comparison
    }()

    private static let huge: Comparison = {
        var comparison = runs([3e6, 1e9, 2.5e12])
        comparison.workloads[0].models[1].runs[0].lostUpdates = 50_000_000_000_000
        comparison.workloads[0].models[1].runs[1].lostUpdates = 1_000_000_000_000_000
        comparison.workloads[0].models[1].peakMemoryBytes = .max
        comparison.machine.memoryBytes = .max
        return comparison
    }()

    private static let onlyScalings: Comparison = {
        var comparison = SampleComparison.whole
        comparison.workloads = []
        return comparison
    }()

    private static let bareScalings: Comparison = {
        var comparison = SampleComparison.empty
        let point = ScalePoint(workers: 1, bytes: 0, seconds: [0])
        comparison.scalings = [
            Scaling(model: threads, overWorkers: [point], overBytes: []),
            Scaling(model: threads, overWorkers: [], overBytes: [ScalePoint(workers: 1, bytes: 10, seconds: [])]),
            Scaling(model: threads, overWorkers: [], overBytes: []),
        ]
        return comparison
    }()
}
