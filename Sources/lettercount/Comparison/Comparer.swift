// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import Synchronization

/// Measures what the settings ask for, and keeps what it has found so far where others can take it at any time.
final class Comparer: Sendable {
    private let settings: CompareSettings
    private let runner: any ModelRunner
    private let state: Mutex<Comparison>
    private let tell: @Sendable (String) -> Void
    private let keep: @Sendable (Comparison) -> Void

    /// - Parameters:
    ///   - comparison: With the machine and the corpus, and no results yet.
    ///   - tell: Gets what is being done, in a few words.
    ///   - keep: Gets everything again after each run.
    init(
        _ comparison: Comparison, _ settings: CompareSettings, runner: any ModelRunner,
        tell: @escaping @Sendable (String) -> Void, keep: @escaping @Sendable (Comparison) -> Void
    ) {
        (self.settings, self.runner, self.tell, self.keep) = (settings, runner, tell, keep)
        state = Mutex(comparison)
    }

    /// What was found until now, with its warnings; complete only if `isComplete`.
    func comparison(isComplete: Bool) -> Comparison {
        state.withLock { comparison in
            var comparison = comparison
            comparison.isComplete = isComplete
            let isWarmingUp = comparison.workloads.last?.models.allSatisfy(\.runs.isEmpty) ?? false
            for index in comparison.workloads.indices { comparison.workloads[index].takeWhatThereIs() }
            comparison.warnings = Warnings.all(for: comparison)
            if isWarmingUp, !isComplete {
                comparison.warnings.append(
                    "It ended within a warm-up, whose runs are shown; their times are too long, because the memory was looked at "
                        + "meanwhile. Let it run longer, or choose fewer models with --model.")
            }
            return comparison
        }
    }

    // MARK: Models

    /// All models at one workload: a warm-up in which the memory is looked at, then rounds in which each runs once.
    func compare(on load: LoadedWork, workers: Int, seconds: Double) async {
        let models = settings.models.map { ModelResult(model: $0, workers: $0.model == .sequential ? 1 : workers) }
        let position = state.withLock { comparison in
            comparison.workloads.append(
                WorkloadResult(workload: load.workload, workers: workers, grain: settings.grain, models: models))
            return comparison.workloads.count - 1
        }
        let began = ContinuousClock.now
        for index in models.indices {
            tell("\(load.workload.name): warm-up, \(models[index].model.name)")
            await runOnce(index, of: position, on: load, watchingMemory: true)
        }
        let warmUp = (ContinuousClock.now - began).inSeconds
        let rounds = settings.runs ?? RunCount.rounds(within: seconds - warmUp, eachTaking: warmUp)
        for round in 0..<rounds {
            // Each time another one is first, so that none always comes after the same.
            for index in models.indices.map({ ($0 + round) % models.count }) {
                let model = state.withLock { $0.workloads[position].models[index] }
                let isDone = settings.runs == nil && RunCount.isEnough(model, within: seconds)
                if model.failure != nil || isDone { continue }
                tell("\(load.workload.name): round \(round + 1) of \(rounds), \(model.model.name)")
                await runOnce(index, of: position, on: load, watchingMemory: false)
            }
        }
    }

    private func runOnce(_ index: Int, of position: Int, on load: LoadedWork, watchingMemory: Bool) async {
        let model = state.withLock { $0.workloads[position].models[index] }
        let result = await runner.run(model.model, workers: model.workers, on: load, watchingMemory: watchingMemory)
        state.withLock { comparison in
            comparison.workloads[position].models[index].add(
                result, isWarmUp: watchingMemory, wantsTimeline: settings.wantsTimeline)
        }
        keep(comparison(isComplete: false))
    }

    // MARK: Scaling

    /// One model with 1, 2, … workers, then with growing work.
    func scale(_ model: CountingModel, over counts: [Int], load: (_ passes: Int) -> LoadedWork, passes: [Int]) async {
        guard let all = passes.last, let most = counts.last else { return }
        let position = state.withLock { comparison in
            comparison.scalings.append(Scaling(model: model, overWorkers: [], overBytes: []))
            return comparison.scalings.count - 1
        }
        for workers in counts {
            tell("scale: \(model.name), \(workers) workers")
            let point = await point(model, workers: workers, load(all))
            state.withLock { $0.scalings[position].overWorkers += point.map { [$0] } ?? [] }
        }
        for passes in passes {
            tell("scale: \(model.name), \(passes) passes")
            let point = await point(model, workers: most, load(passes))
            state.withLock { $0.scalings[position].overBytes += point.map { [$0] } ?? [] }
        }
        state.withLock { $0.scalings[position].fit() }
        keep(comparison(isComplete: false))
    }

    private func point(_ model: CountingModel, workers: Int, _ load: LoadedWork) async -> ScalePoint? {
        var seconds: [Double] = []
        // The first is a warm-up.
        for run in 0...(settings.runs ?? RunCount.forScaling) {
            let result = await runner.run(model, workers: workers, on: load, watchingMemory: false)
            if run > 0, let run = result.run { seconds.append(run.seconds) }
        }
        if seconds.isEmpty { return nil }
        return ScalePoint(workers: workers, bytes: load.byteCount, seconds: seconds)
    }
}

extension WorkloadResult {
    /// A model that has not been run yet has its warm-up to show; without one it says nothing.
    fileprivate mutating func takeWhatThereIs() {
        for index in models.indices where models[index].runs.isEmpty {
            models[index].runs = models[index].warmUp.map { [$0] } ?? []
        }
        models.removeAll { $0.runs.isEmpty && $0.failure == nil }
    }
}

extension ModelResult {
    /// - Parameter isWarmUp: Whether it counts only for the memory, and for whether it works at all.
    mutating func add(_ result: RunResult, isWarmUp: Bool, wantsTimeline: Bool) {
        if let reason = result.failure { failure = reason }
        if isWarmUp {
            peakMemoryBytes = result.peakMemoryBytes
            warmUp = result.run
            return
        }
        guard let run = result.run else { return }
        runs.append(run)
        // That of the run nearest to the median is kept, as far as it is known by now.
        let isNearest = runs.allSatisfy { abs(run.seconds - seconds.median) <= abs($0.seconds - seconds.median) }
        if wantsTimeline, isNearest || timeline.isEmpty { timeline = Array(result.timeline.prefix(RunTimeline.most)) }
    }
}
