// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing
import Synchronization
import Testing

@testable import lettercount

/// Runs nothing, and says what it was told to.
private final class ScriptedRunner: ModelRunner {
    struct Call: Equatable {
        var name: String
        var workers: Int
        var watchesMemory: Bool
    }

    let calls = Mutex<[Call]>([])
    let seconds: @Sendable (CountingModel) -> Double
    let failing: String?

    init(failing: String? = nil, seconds: @escaping @Sendable (CountingModel) -> Double = { _ in 1 }) {
        (self.failing, self.seconds) = (failing, seconds)
    }

    func run(_ model: CountingModel, workers: Int, on load: LoadedWork, watchingMemory: Bool) async -> RunResult {
        calls.withLock { $0.append(Call(name: model.name, workers: workers, watchesMemory: watchingMemory)) }
        if model.name == failing { return RunResult(failure: "it was told to") }
        let run = ModelRun(
            seconds: seconds(model), startSeconds: 0, processorSeconds: 0, letters: 7, lostUpdates: 0, surplusUpdates: 0
        )
        return RunResult(run: run, peakMemoryBytes: watchingMemory ? 1_000 : nil)
    }

    var names: [String] { calls.withLock { $0.map(\.name) } }
}

@Suite struct ComparerTests {
    private static let models = [CountingModel(.sequential), CountingModel(.threads), CountingModel(.processes)]

    private static func settings(runs: Int?) -> CompareSettings {
        CompareSettings(
            input: .embeddedServer(GeneratedCorpus(documentCount: 1)), sourceNames: "", limits: ReadLimits(),
            text: .letters, grain: .letter, models: models, workloads: [.computing], workers: 4, runs: runs,
            passes: nil,
            delayMilliseconds: 0, seconds: 10, wantsTimeline: false, scaledModels: [])
    }

    private static func load(passes: Int = 1) throws -> LoadedWork {
        let corpus = try HeldCorpus([("a", Array("letters".utf8))])
        return Loads(corpus, .letters).computing(passes: passes)
    }

    private static func comparison() -> Comparison {
        Comparison(
            machine: .current, date: "",
            corpus: CorpusFacts(
                sources: "", documents: 1, bytes: 7, letters: LetterCounts(), text: .letters))
    }

    private static func compare(
        _ runner: ScriptedRunner, runs: Int?, keep: @escaping @Sendable (Comparison) -> Void = { _ in }
    ) async throws -> WorkloadResult {
        let comparer = Comparer(comparison(), settings(runs: runs), runner: runner, tell: { _ in }, keep: keep)
        await comparer.compare(on: try load(), workers: 4, seconds: 10)
        return comparer.comparison(isComplete: true).workloads[0]
    }

    @Test func `each round runs every model once, and another one is first each time`() async throws {
        let runner = ScriptedRunner()
        let result = try await Self.compare(runner, runs: 3)
        let (first, second, third) = ("sequential", "threads/sharded", "processes/forkserver/messages")
        #expect(
            runner.names == [first, second, third] + [first, second, third, second, third, first, third, first, second])
        #expect(result.models.allSatisfy { $0.runs.count == 3 })
    }

    @Test func `the warm-up measures the memory and is not among the runs`() async throws {
        let runner = ScriptedRunner()
        let result = try await Self.compare(runner, runs: 2)
        #expect(
            runner.calls.withLock { $0.map(\.watchesMemory) } == [true, true, true] + Array(repeating: false, count: 6))
        #expect(result.models.allSatisfy { $0.peakMemoryBytes == 1_000 && $0.runs.count == 2 })
    }

    @Test func `the sequential model has one worker, the others what was asked for`() async throws {
        let runner = ScriptedRunner()
        _ = try await Self.compare(runner, runs: 1)
        #expect(runner.calls.withLock { $0.allSatisfy { $0.workers == ($0.name == "sequential" ? 1 : 4) } })
    }

    @Test func `a model that takes most of the time is not repeated as often as the others`() async throws {
        let runner = ScriptedRunner { $0.model == .threads ? 4 : 0.1 }
        let result = try await Self.compare(runner, runs: nil)
        #expect(result.models.map(\.runs.count) == [RunCount.most, 1, RunCount.most])
    }

    @Test func `a model that fails is told with its reason, and not run again`() async throws {
        let runner = ScriptedRunner(failing: "threads/sharded")
        let result = try await Self.compare(runner, runs: 3)
        #expect(result.models.map(\.runs.count) == [3, 0, 3])
        #expect(result.models[1].failure == "it was told to")
        #expect(runner.names.count { $0 == "threads/sharded" } == 1)
    }

    @Test func `what ends within the warm-up shows its runs, with a warning`() async throws {
        let comparer = Mutex<Comparer?>(nil)
        let seen = Mutex<Comparison?>(nil)
        let new = Comparer(Self.comparison(), Self.settings(runs: 1), runner: ScriptedRunner(), tell: { _ in }) { _ in
            // After the first run of all, which is a warm-up.
            seen.withLock { seen in
                if seen == nil { seen = comparer.withLock { $0 }?.comparison(isComplete: false) }
            }
        }
        comparer.withLock { $0 = new }
        await new.compare(on: try Self.load(), workers: 4, seconds: 10)
        let models = try #require(seen.withLock { $0 }?.workloads[0].models)
        #expect(models.map(\.model.name) == ["sequential"] && models[0].runs.count == 1)
        #expect(seen.withLock { $0 }?.warnings.contains { $0.contains("warm-up") } == true)
        let all = new.comparison(isComplete: true)
        #expect(all.workloads[0].models.allSatisfy { $0.runs.count == 1 })
        #expect(!all.warnings.contains { $0.contains("warm-up") })
    }

    @Test func `everything is handed over after each run`() async throws {
        let kept = Mutex<[Int]>([])
        _ = try await Self.compare(ScriptedRunner(), runs: 2) { comparison in
            kept.withLock { $0.append(comparison.workloads[0].models.reduce(0) { $0 + $1.runs.count }) }
        }
        // A model's warm-up, until it has a run.
        #expect(kept.withLock { $0 } == [1, 2, 3, 3, 3, 3, 4, 5, 6])
    }

    @Test func `scaling goes over the workers, then over the work, and fits both`() async throws {
        let runner = ScriptedRunner()
        let comparer = Comparer(
            Self.comparison(), Self.settings(runs: 2), runner: runner, tell: { _ in }, keep: { _ in })
        let loads = Loads(try HeldCorpus([("a", Array("letters".utf8))]), .letters)
        await comparer.scale(
            CountingModel(.threads), over: [1, 2, 3], load: { loads.computing(passes: $0) }, passes: [2, 4])
        let scaling = comparer.comparison(isComplete: true).scalings[0]
        #expect(scaling.overWorkers.map(\.workers) == [1, 2, 3] && scaling.overBytes.map(\.bytes) == [14, 28])
        #expect((scaling.overWorkers + scaling.overBytes).allSatisfy { $0.seconds == [1, 1] })
        // It never became faster.
        #expect(scaling.serialShare == 1 && scaling.secondsPerByte == 0)
    }
}
