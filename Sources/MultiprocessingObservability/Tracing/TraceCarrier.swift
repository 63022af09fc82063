// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Multiprocessing
import Synchronization
import Tracing

/// Gives a worker process its instrument: what the program's `main` does for the program.
///
///     enum WorkerTracing: WorkerInstrumentation {
///         static func bootstrap() { InstrumentationSystem.bootstrap(MyTracer()) }
///     }
///
/// Public or internal: a worker finds it by its name.
public protocol WorkerInstrumentation: Sendable {
    /// Bootstraps the `InstrumentationSystem`. Called once in each worker process, with its first work; not in threads
    /// and not in workers begun by `.fork`, where this program's own instrument is there.
    static func bootstrap()

    /// Whether each piece of work that comes with a trace has a span of its own in its worker, of kind `consumer` and named
    /// like its type. False if not said.
    ///
    /// It lasts as long as the work and does not know of its failure; a worker that dies takes it along.
    static var spansWork: Bool { get }
}

extension WorkerInstrumentation {
    /// The work starts its spans itself.
    public static var spansWork: Bool { false }
}

extension WorkCompanions {
    /// Takes the trace of the submitting task along: `ServiceContext.current` in the worker is what the instrument there
    /// makes of the words that the instrument here has made of `ServiceContext.current`.
    ///
    /// Spans that the work starts are then children of the span that was current where it was submitted. Without an
    /// instrument in this program, or without a current context, nothing is sent. What the context holds and the
    /// instrument does not inject stays here.
    ///
    /// - Parameter type: Gives each worker process its instrument. Whether spans that end in a worker are exported
    ///   before it ends is a matter of the tracer there.
    public mutating func carryTraces<Instrumentation: WorkerInstrumentation>(by type: Instrumentation.Type) {
        CopiedProcess.noteOriginal()
        carry(TraceCarrier<Instrumentation>.self)
    }

    /// The same without an instrument in the workers: the words are passed on, to the messages of `relayLogs()` and to
    /// work that the work submits, but `ServiceContext.current` in the work does not hold them.
    public mutating func carryTraces() { carryTraces(by: NoInstrumentation.self) }
}

/// No instrument.
enum NoInstrumentation: WorkerInstrumentation {
    static func bootstrap() {}
}

/// Takes the trace of the submitting task along.
enum TraceCarrier<Instrumentation: WorkerInstrumentation>: WorkCarrier {
    static func captured() -> [String: String]? { TraceWords.current() }

    static func restore<Result: Sendable>(
        _ words: [String: String], for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        WorkerInstrument.prepare(Instrumentation.self)
        return await TraceWords.$carried.withValue(words) {
            let context = TraceWords.context(words)
            if Instrumentation.spansWork {
                return await withSpan(_typeName(work), context: context, ofKind: .consumer) { _ in await operation() }
            }
            return await ServiceContext.withValue(context) { await operation() }
        }
    }
}

/// Whether this worker has its instrument.
enum WorkerInstrument {
    private static let isPrepared = Atomic(false)

    static func prepare(_ type: any WorkerInstrumentation.Type) {
        guard WorkerProcess.isWorker, !CopiedProcess.isCopy else { return }
        if isPrepared.exchange(true, ordering: .sequentiallyConsistent) { return }
        type.bootstrap()
    }
}
