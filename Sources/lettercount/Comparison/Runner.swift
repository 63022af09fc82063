// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import LetterCounting
import Multiprocessing
import Synchronization

/// Starts runs, one at a time, each in a process of its own, and judges them.
///
/// What it finds is plain values, so that the order of the runs can be tested without any process.
protocol ModelRunner: Sendable {
    /// - Parameter watchingMemory: Whether the memory is looked at meanwhile, which makes the times worthless.
    func run(_ model: CountingModel, workers: Int, on load: LoadedWork, watchingMemory: Bool) async -> RunResult
}

/// What is to be done in one run, and what must come out.
struct LoadedWork: Sendable {
    var workload: Workload
    var input: MeasuredRun.Input
    /// The exact table of one run, all passes included.
    var letters: LetterCounts
    /// Of all documents together, once.
    var bytes: UInt64
    /// Of the documents, by their numbers.
    var names: [String]
}

/// What came of one run.
struct RunResult: Sendable {
    var run: ModelRun?
    var timeline: [TimelineEntry] = []
    var peakMemoryBytes: UInt64?
    /// Why there is no run.
    var failure: String?
}

/// Runs for real.
final class ProcessRunner: ModelRunner {
    private let settings: CompareSettings
    /// The run that is on its way, for whoever has to end it.
    private let current = Mutex<ChildProcess<MeasuredRun.Output>?>(nil)

    /// A run that takes longer is ended: nobody waits for a table that is locked for each letter by fifty workers.
    static let longestRun = Duration.seconds(30)

    init(_ settings: CompareSettings) { self.settings = settings }

    func run(_ model: CountingModel, workers: Int, on load: LoadedWork, watchingMemory: Bool) async -> RunResult {
        let work = MeasuredRun(
            model: model, workers: workers, text: settings.text, limits: settings.limits, input: load.input)
        do throws(WorkFailure) {
            let child = try ChildProcess.start(work, by: .spawn)
            current.withLock { $0 = child }
            defer { current.withLock { $0 = nil } }
            let watch = watchingMemory ? MemoryWatch(of: child.processIdentifier) : nil
            let alarm = Alarm(after: Self.longestRun) { child.kill() }
            let outcome = await child.outcome
            let isTooLate = alarm.stop()
            let peak = watch?.stop()
            _ = await child.exitStatus
            if isTooLate { return RunResult(failure: "ended, since it took longer than \(Self.longestRun)") }
            var result = Self.result(of: try outcome.get(), load)
            result.peakMemoryBytes = peak
            return result
        } catch {
            guard case .died(let report) = error else { return RunResult(failure: "\(error)") }
            return RunResult(failure: report.briefDescription)
        }
    }

    /// Ends the run that is on its way.
    func stop() { current.withLock { $0 }?.kill() }

    private static func result(of output: MeasuredRun.Output, _ load: LoadedWork) -> RunResult {
        if let failure = output.failures.first { return RunResult(failure: failure) }
        let timeline = RunTimeline(output, names: load.names)
        let run = ModelRun(
            seconds: seconds(output.nanoseconds), startSeconds: timeline.startSeconds,
            processorSeconds: seconds(output.processorNanoseconds), letters: output.letters.total,
            lostUpdates: load.letters.excess(over: output.letters),
            surplusUpdates: output.letters.excess(over: load.letters))
        return RunResult(run: run, timeline: timeline.entries)
    }

    private static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }
}

extension LetterCounts {
    /// What this table has more than the other, letter by letter; where it has less counts nothing.
    func excess(over other: LetterCounts) -> UInt64 {
        (0..<26).reduce(0) { $0 + (self[at: $1] > other[at: $1] ? self[at: $1] - other[at: $1] : 0) }
    }
}

/// Does something after some time, unless it is stopped before.
struct Alarm {
    private let timer: any DispatchSourceTimer
    private let hasRung: Rung

    private final class Rung: Sendable {
        let value = Mutex(false)
    }

    init(after time: Duration, _ action: @escaping @Sendable () -> Void) {
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + time.inSeconds)
        let rung = Rung()
        hasRung = rung
        timer.setEventHandler {
            rung.value.withLock { $0 = true }
            action()
        }
        timer.activate()
    }

    /// - Returns: Whether it was too late.
    func stop() -> Bool {
        timer.cancel()
        return hasRung.value.withLock { $0 }
    }
}

extension LoadedWork {
    /// Counted in all, passes included.
    var byteCount: UInt64 { bytes * UInt64(workload.passes) }
}
