// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing
import Synchronization

/// One comparison from the documents to the reports; it ends the program.
final class CompareJob: Sendable {
    private let settings: CompareSettings
    private let outputs: CompareOutputs
    private let console: Console
    private let runner: ProcessRunner
    private let comparer = Mutex<Comparer?>(nil)
    private let isReported = Mutex(false)

    /// For one worker at the computing workload, in a comparison: long enough to be measured, and short enough for those who
    /// take a lock for each letter, which take fifty times as long.
    private static let comparedSeconds = 0.018
    /// Likewise, over workers and bytes.
    private static let scaledSeconds = 0.2

    init(_ settings: CompareSettings, _ outputs: CompareOutputs) {
        (self.settings, self.outputs) = (settings, outputs)
        console = Console(outputs.isQuiet ? .quiet : .normal)
        runner = ProcessRunner(settings)
    }

    func run() async -> Never {
        do {
            try await measure()
        } catch let refusal as Refusal {
            console.endProgress()
            console.error(refusal.message)
            refusal.ending.leave()
        } catch {
            console.endProgress()
            console.error("\(error)")
            Ending.defect.leave()
        }
        guard let comparison = take(isComplete: true) else { ProgramEnd.never() }
        report(comparison)
        (comparison.hasFailed ? Ending.someFailed : .success).leave()
    }

    /// Writes what is there, and ends the program by the signal that it got.
    func interrupt(by signal: Int32) -> Never {
        guard let comparison = take(isComplete: false) else {
            // Nothing was measured yet, or the reports are being written.
            if isReported.withLock({ $0 }) { ProgramEnd.never() }
            ProgramEnd.end(by: signal)
        }
        runner.stop()
        console.note("stopping; what was measured until now is reported (Ctrl-C again to end at once)")
        report(comparison)
        ProgramEnd.end(by: signal)
    }

    /// What there is to report, for the first who asks.
    private func take(isComplete: Bool) -> Comparison? {
        guard let comparer = comparer.withLock({ $0 }) else { return nil }
        let isFirst = isReported.withLock { isReported in
            defer { isReported = true }
            return !isReported
        }
        return isFirst ? comparer.comparison(isComplete: isComplete) : nil
    }

    private func report(_ comparison: Comparison) {
        console.endProgress()
        outputs.write(comparison)
        for warning in comparison.warnings { console.note("warning: \(warning)") }
    }

    // MARK: Measuring

    private func measure() async throws {
        console.status("reading the documents")
        let corpus = try await HeldCorpus.read(settings.input, limits: settings.limits)
        let loads = Loads(corpus, settings.text)
        let comparison = Comparison(
            machine: .current, date: Dates.text(Caller.secondsSince1970),
            corpus: CorpusFacts(
                sources: settings.sourceNames, documents: corpus.entries.count, bytes: corpus.byteCount,
                letters: loads.letters, text: settings.text))
        let comparer = Comparer(comparison, settings, runner: runner) { [console] in
            console.status($0)
        } keep: { [weak self] comparison in
            // Never after the report, which it would replace by less.
            self?.isReported.withLock { isReported in if !isReported { self?.outputs.keep(comparison) } }
        }
        self.comparer.withLock { $0 = comparer }
        try await measure(loads, by: comparer)
    }

    private func measure(_ loads: Loads, by comparer: Comparer) async throws {
        let parts = Double(settings.workloads.count + (!settings.scaledModels.isEmpty ? 1 : 0))
        if settings.workloads.contains(.waiting) {
            try await withServer(loads) { load in
                await comparer.compare(on: load, workers: waitingWorkers(loads), seconds: settings.seconds / parts)
            }
        }
        if settings.workloads.contains(.computing) {
            let passes = settings.passes ?? loads.passes(for: Self.comparedSeconds, grain: settings.grain)
            await comparer.compare(
                on: loads.computing(passes: passes), workers: computingWorkers, seconds: settings.seconds / parts)
        }
        if !settings.scaledModels.isEmpty { await scale(loads, by: comparer) }
    }

    private func withServer(_ loads: Loads, _ body: (LoadedWork) async -> Void) async throws {
        let server = try await ServedCorpus.start(loads.corpus, delayMilliseconds: settings.delayMilliseconds)
        await body(loads.waiting(server, delayMilliseconds: settings.delayMilliseconds))
        await server.stop()
    }

    private func scale(_ loads: Loads, by comparer: Comparer) async {
        let passes = settings.passes ?? loads.passes(for: Self.scaledSeconds, grain: settings.grain)
        let parts = Set([8, 4, 2, 1].map { max(1, passes / $0) }).sorted()
        for model in settings.scaledModels {
            let counts = model.model == .sequential ? [1] : WorkerCounts.upTo(computingWorkers)
            await comparer.scale(model, over: counts, load: { loads.computing(passes: $0) }, passes: parts)
        }
    }

    private var computingWorkers: Int { settings.workers ?? max(2, Machine.current.usableProcessors) }

    private func waitingWorkers(_ loads: Loads) -> Int {
        settings.workers
            ?? DefaultWorkers.count(
                documentCount: loads.corpus.entries.count, hasWebDocuments: true, machine: .current)
    }
}

extension Comparison {
    /// Whether anything went wrong that should not: a run that came to nothing, or a wrong table in spite of synchronisation.
    var hasFailed: Bool {
        workloads.flatMap(\.models).contains {
            $0.failure != nil || ($0.model.isSynchronised && $0.exactRuns < $0.runs.count)
        }
    }
}

/// Which numbers of workers are tried.
enum WorkerCounts {
    /// All up to eight; then the powers of two; and the last in any case.
    static func upTo(_ most: Int) -> [Int] {
        let powers = (4...).lazy.map { 1 << $0 }.prefix { $0 < most }
        return most <= 8 ? Array(1...max(1, most)) : Array(1...8) + powers + [most]
    }
}
