// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Metrics
public import Multiprocessing
import Synchronization

/// Counts and times what happens in a pool of processes, for the program's metrics.
///
/// | label, after the pool's own | kind | what |
/// |---|---|---|
/// | `.work.wait` | timer | from submission until a worker got it, for each attempt |
/// | `.work.run` | timer | from a worker's getting it until its end; not for work that never began |
/// | `.work.waiting`, `.work.running` | gauge | pieces of work at this moment |
/// | `.work.done` | counter | pieces of work that have ended with an output |
/// | `.work.failures` | counter | those that have not, by the dimension `kind`: `WorkFailure.kind` |
/// | `.workers` | gauge | processes at this moment |
/// | `.workers.started` | counter | processes, replacements among them |
/// | `.workers.restarts` | counter | processes that stand in for another |
/// | `.workers.ended` | counter | processes that are gone, by the dimension `reason`: `WorkerEndReason` |
///
/// Metrics that code in workers makes itself are not among them: they stay in the worker.
public final class PoolMetrics: PoolObserver {
    private struct Counts: Sendable {
        var waiting = 0
        var running = 0
        var workers = 0
        /// Handed to a worker and not ended yet.
        var begun: Set<UInt64> = []
        var failures: [String: Counter] = [:]
        var ends: [WorkerEndReason: Counter] = [:]
    }

    private let label: String
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory
    private let counts = Mutex(Counts())
    private let wait: Timer
    private let run: Timer
    private let waiting: Gauge
    private let running: Gauge
    private let done: Counter
    private let workers: Gauge
    private let started: Counter
    private let restarts: Counter

    /// - Parameters:
    ///   - label: What all labels begin with; a name for the pool, when there are several.
    ///   - dimensions: Go with every metric.
    ///   - factory: Makes the metrics; the program's own if not given.
    public init(
        label: String = "multiprocessing.pool", dimensions: [(String, String)] = [],
        factory: any MetricsFactory = MetricsSystem.factory
    ) {
        self.label = label
        self.dimensions = dimensions
        self.factory = factory
        wait = Timer(label: label + ".work.wait", dimensions: dimensions, factory: factory)
        run = Timer(label: label + ".work.run", dimensions: dimensions, factory: factory)
        waiting = Gauge(label: label + ".work.waiting", dimensions: dimensions, factory: factory)
        running = Gauge(label: label + ".work.running", dimensions: dimensions, factory: factory)
        done = Counter(label: label + ".work.done", dimensions: dimensions, factory: factory)
        workers = Gauge(label: label + ".workers", dimensions: dimensions, factory: factory)
        started = Counter(label: label + ".workers.started", dimensions: dimensions, factory: factory)
        restarts = Counter(label: label + ".workers.restarts", dimensions: dimensions, factory: factory)
    }

    /// Takes notice of an event.
    public func observe(_ event: PoolEvent) {
        switch event {
        case .workSubmitted: recordWork { $0.waiting += 1 }
        case .workStarted(let work, let waited): workHasStarted(work, waited)
        case .workEnded(let work, let ran, let failure): workHasEnded(work, ran, failure)
        case .workerStarted(_, let isReplacement):
            started.increment()
            if isReplacement { restarts.increment() }
            recordWorkers { $0.workers += 1 }
        case .workerEnded(_, _, let reason):
            recordWorkers { $0.workers -= 1 }
            counter(for: reason).increment()
        }
    }

    private func workHasStarted(_ work: WorkDescription, _ waited: Duration) {
        wait.recordNanoseconds(waited.nanoseconds)
        recordWork { counts in
            // A further attempt has been waiting for nothing but its next worker.
            guard counts.begun.insert(work.number).inserted else { return }
            counts.waiting -= 1
            counts.running += 1
        }
    }

    private func workHasEnded(_ work: WorkDescription, _ ran: Duration, _ failure: WorkFailure?) {
        var hasBegun = false
        recordWork { counts in
            hasBegun = counts.begun.remove(work.number) != nil
            if hasBegun { counts.running -= 1 } else { counts.waiting -= 1 }
        }
        if hasBegun { run.recordNanoseconds(ran.nanoseconds) }
        if let failure { counter(for: failure).increment() } else { done.increment() }
    }

    /// Under the lock, so that a gauge's last value is the last state.
    private func recordWork(_ change: (inout Counts) -> Void) {
        counts.withLock { counts in
            change(&counts)
            waiting.record(counts.waiting)
            running.record(counts.running)
        }
    }

    private func recordWorkers(_ change: (inout Counts) -> Void) {
        counts.withLock { counts in
            change(&counts)
            workers.record(counts.workers)
        }
    }

    private func counter(for failure: WorkFailure) -> Counter {
        counts.withLock { counts in
            let new = counts.failures[failure.kind] ?? counter(".work.failures", ("kind", failure.kind))
            counts.failures[failure.kind] = new
            return new
        }
    }

    private func counter(for reason: WorkerEndReason) -> Counter {
        counts.withLock { counts in
            let new = counts.ends[reason] ?? counter(".workers.ended", ("reason", reason.rawValue))
            counts.ends[reason] = new
            return new
        }
    }

    private func counter(_ suffix: String, _ dimension: (String, String)) -> Counter {
        Counter(label: label + suffix, dimensions: dimensions + [dimension], factory: factory)
    }
}

extension Duration {
    /// All of it, as far as 64 bits go: 292 years.
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole + attoseconds / 1_000_000_000
    }
}
