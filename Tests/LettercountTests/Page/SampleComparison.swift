// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

@testable import lettercount

/// A comparison of all models with figures as a machine with two processors gives them. The same each time.
enum SampleComparison {
    static let whole: Comparison = {
        var numbers = Numbers(state: 20_261_124)
        var comparison = empty
        comparison.workloads = [
            workload(.waiting(delayMilliseconds: 50), workers: 8, &numbers),
            workload(.computing(passes: 40), workers: 2, &numbers),
        ]
        comparison.scalings = [
            scaling(model(.threads, .sharded), serialShare: 0.06, &numbers),
            scaling(model(.processes, .sharded, .forkServer, .messages), serialShare: 0.14, &numbers),
        ]
        return comparison
    }()

    /// Without anything measured.
    static let empty = Comparison(
        machine: MachineFacts(
            processor: "Intel Xeon Processor at 2.80 GHz", usableProcessors: 2, memoryBytes: 8_200_000_000,
            system: "Linux 6.18.0 x86_64", compiler: "Swift 6.3", version: "1.0.0", isOptimised: true),
        date: "2026-11-24T16:20:00Z",
        corpus: CorpusFacts(
            sources: "rfc:1000-1019", documents: documents.count, bytes: 1_204_512, letters: letters, text: .letters))

    static let documents = (1_000...1_019).map { "rfc\($0).txt" }

    private static let letters = LetterCounts(
        alphabetical: [
            58_604, 11_902, 29_871, 29_480, 96_512, 18_210, 14_480, 29_004, 58_130, 1_640, 5_612, 29_302, 21_870,
            57_011,
            59_980, 22_140, 2_011, 54_820, 54_230, 76_401, 21_403, 7_950, 11_820, 3_390, 12_870, 1_012,
        ])

    static func model(
        _ model: ExecutionModel, _ sync: TableSync, _ start: StartMethod? = nil, _ ipc: IPCMethod? = nil
    ) -> CountingModel {
        CountingModel(model, startMethod: start, ipc: ipc, sync: sync, grain: .letter)
    }

    static let models: [CountingModel] =
        [model(.sequential, .sharded)]
        + [ExecutionModel.tasks, .threads].flatMap { kind in TableSync.allCases.map { model(kind, $0) } }
        + StartMethod.allCases.flatMap { start in
            [model(.processes, .sharded, start, .messages)]
                + TableSync.allCases.map { model(.processes, $0, start, .sharedMemory) }
        }

    private static func workload(_ workload: Workload, workers: Int, _ numbers: inout Numbers) -> WorkloadResult {
        var result = WorkloadResult(workload: workload, workers: workers, grain: .letter)
        for model in models { result.models.append(measure(model, workload, workers, &numbers)) }
        return result
    }

    private static func measure(
        _ model: CountingModel, _ workload: Workload, _ workers: Int, _ numbers: inout Numbers
    ) -> ModelResult {
        let used = model.model == .sequential ? 1 : workers
        let start = startSeconds(model, used)
        // What one worker needs for all.
        let work = 0.000_9 * Double(workload.passes * 20) * syncCost(model.sync)
        let waiting = workload.name == "waiting" ? 20 * 0.051 / Double(used) : 0
        var result = ModelResult(model: model, workers: used)
        for _ in 0..<7 {
            let seconds = start + (waiting + work / Double(min(used, 2)) * 1.04) * numbers.next(1, 1.12)
            let letters = self.letters.total * UInt64(workload.passes)
            let loss = model.sync == .none ? UInt64(Double(letters) * numbers.next(0.02, 0.31)) : 0
            result.runs.append(
                ModelRun(
                    seconds: seconds, startSeconds: start, processorSeconds: (start + work) * numbers.next(1, 1.09),
                    letters: letters - loss, lostUpdates: loss, surplusUpdates: 0))
        }
        result.peakMemoryBytes = UInt64(memory(model, used) * numbers.next(1, 1.05))
        result.timeline = timeline(model, workers: used, start: start, workload, &numbers)
        return result
    }

    private static func syncCost(_ sync: TableSync) -> Double {
        switch sync {
        case .none: 1.6
        case .mutex: 38
        case .atomic: 9
        case .sharded: 1
        }
    }

    private static func startSeconds(_ model: CountingModel, _ workers: Int) -> Double {
        switch model.startMethod {
        case .fork?: 0.000_9 * Double(workers)
        case .spawn?: 0.011 * Double(workers)
        case .forkServer?: 0.001_4 * Double(workers)
        case nil: model.model == .threads ? 0.000_06 * Double(workers) : 0.000_01
        }
    }

    private static func memory(_ model: CountingModel, _ workers: Int) -> Double {
        switch model.startMethod {
        case .fork?: 12e6 + 2.1e6 * Double(workers)
        case .spawn?: 12e6 + 7.4e6 * Double(workers)
        case .forkServer?: 14e6 + 2.6e6 * Double(workers)
        case nil: 12e6 + 0.1e6 * Double(workers)
        }
    }

    static func timeline(
        _ model: CountingModel, workers: Int, start: Double, _ workload: Workload, _ numbers: inout Numbers,
        documents: [String] = documents
    ) -> [TimelineEntry] {
        var ends = [Double](repeating: start, count: workers)
        let delay = workload.name == "waiting" ? 0.05 : 0
        return documents.map { document in
            let worker = ends.indices.min { ends[$0] < ends[$1] } ?? 0
            let count = 0.000_9 * Double(workload.passes) * syncCost(model.sync) * numbers.next(0.5, 1.7)
            let name = model.model == .processes ? "process \(4_711 + worker)" : "thread \(4_711 + worker)"
            let entry = TimelineEntry(
                document: document, worker: worker, workerName: name, start: ends[worker],
                wait: delay * numbers.next(1, 1.1), transfer: delay == 0 ? 0 : numbers.next(0.001, 0.006), count: count,
                merge: model.sync == .sharded ? 0.000_05 : count * 0.08)
            ends[worker] = entry.end + 0.000_2
            return entry
        }
    }

    private static func scaling(_ model: CountingModel, serialShare: Double, _ numbers: inout Numbers) -> Scaling {
        func point(_ workers: Int, _ bytes: UInt64) -> ScalePoint {
            let work = Double(bytes) * 1.6e-8
            let seconds = 0.004 + work * (serialShare + (1 - serialShare) / Double(workers))
            return ScalePoint(
                workers: workers, bytes: bytes, seconds: (0..<5).map { _ in seconds * numbers.next(1, 1.08) })
        }
        return Scaling(
            model: model, overWorkers: [1, 2, 3, 4, 6, 8].map { point($0, 48_000_000) },
            overBytes: [6, 12, 24, 48, 96].map { point(2, $0 * 1_000_000) }, serialShare: serialShare,
            fixedSeconds: 0.004_2, secondsPerByte: 1.6e-8 * (serialShare + (1 - serialShare) / 2) * 1.03)
    }
}

/// Numbers that look accidental and are the same each time.
struct Numbers {
    var state: UInt64

    mutating func next(_ least: Double, _ greatest: Double) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let part = Double(state >> 11) / Double(1 << 53)
        return least + (greatest - least) * part * part
    }
}
