// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import Logging
import Multiprocessing
import MultiprocessingObservability
import Tracing

/// The tracer of the test's process.
enum TestTracing {
    static let tracer = InMemoryTracer(
        idGenerator: .init(nextTraceID: { "trace-of-parent" }, nextSpanID: { "span-of-parent" }))
    static let isBootstrapped: Void = InstrumentationSystem.bootstrap(tracer)
}

/// What a metadata provider of a tracing library says.
enum TraceMark {
    static var metadata: Logger.Metadata {
        (ServiceContext.current?.inMemorySpanContext).map { ["trace": "\($0.traceID)", "span": "\($0.spanID)"] } ?? [:]
    }
}

/// The tracer of a worker.
enum WorkerTracing: WorkerInstrumentation {
    static let tracer = InMemoryTracer(
        idGenerator: .init(nextTraceID: { "trace-of-worker" }, nextSpanID: { "span-of-worker" }))
    static func bootstrap() { InstrumentationSystem.bootstrap(tracer) }
}

/// The same, with a span for each piece of work.
enum WorkerSpans: WorkerInstrumentation {
    static let spansWork = true
    static func bootstrap() { WorkerTracing.bootstrap() }
}

/// The spans that have ended in this worker.
struct ReadingSpans: Work {
    func run() -> [String] {
        WorkerTracing.tracer.finishedSpans.map {
            "\($0.operationName) \($0.kind) under \($0.spanContext.parentSpanID ?? "none")"
        }
    }
}

struct MakingSpan: Work {
    struct Made: Codable, Sendable, Equatable {
        var current: String?
        var trace: String?
        var parent: String?
    }

    func run() -> Made {
        let current = ServiceContext.current?.inMemorySpanContext?.spanID
        withSpan("in the worker") { _ in Logger(label: "spans").info("within a span") }
        let span = WorkerTracing.tracer.popFinishedSpans().first?.spanContext
        return Made(current: current, trace: span?.traceID, parent: span?.parentSpanID)
    }
}

/// Logs within whatever trace there is.
struct LoggingInTrace: Work {
    var label: String
    func run() -> String? {
        Logger(label: label).info("hello")
        return ServiceContext.current?.inMemorySpanContext?.spanID
    }
}
