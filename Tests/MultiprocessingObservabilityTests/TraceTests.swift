// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import Logging
import Multiprocessing
import MultiprocessingObservability
import TestSupport
import Testing
import Tracing

@Suite("Traces", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct TraceTests {
    init() {
        TestLog.isBootstrapped
        TestTracing.isBootstrapped
    }

    private static var carrying: WorkCompanions {
        var companions = WorkCompanions()
        companions.carryTraces(by: WorkerTracing.self)
        companions.relayLogs()
        return companions
    }

    @Test("go on in processes", arguments: LogTests.methods)
    func processes(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 1, by: method, companions: Self.carrying)
        for _ in 1...2 {
            let made = try await withSpan("submitting") { _ in try await pool.run(MakingSpan()) }
            #expect(
                made
                    == MakingSpan.Made(
                        current: "span-of-parent", trace: "trace-of-parent", parent: "span-of-parent"))
        }
        let alone = try await pool.run(MakingSpan())
        #expect(alone == MakingSpan.Made(current: nil, trace: alone.trace, parent: nil))
        await pool.shutDown()
        // The parent's metadata provider sees the worker's own span.
        let logged = TestLog.take("spans")
        #expect(logged.count == 3)
        #expect(logged.first?.provided == ["trace": "trace-of-parent", "span": "span-of-worker"])
    }

    @Test("have a span for each piece of work, if asked for", arguments: LogTests.methods)
    func spans(_ method: StartMethod) async throws {
        var companions = WorkCompanions()
        companions.carryTraces(by: WorkerSpans.self)
        let pool = try ProcessPool(workers: 1, by: method, companions: companions)
        _ = try await pool.run(ReadingSpans())
        _ = try await withSpan("submitting") { _ in try await pool.run(ReadingSpans()) }
        let spans = try await pool.run(ReadingSpans())
        #expect(spans == ["MultiprocessingObservabilityTests.ReadingSpans consumer under span-of-parent"])
        await pool.shutDown()
    }

    @Test("go on in threads")
    func threads() async throws {
        let pool = try ThreadPool(workers: 1, companions: Self.carrying)
        let span = try await withSpan("submitting") { _ in try await pool.run(LoggingInTrace(label: "in a thread")) }
        #expect(span == "span-of-parent")
        await pool.shutDown()
        #expect(
            TestLog.take("in a thread").map(\.provided) == [["trace": "trace-of-parent", "span": "span-of-parent"]])
    }

    @Test("reach the log also from workers without an instrument", arguments: LogTests.methods)
    func withoutInstrument(_ method: StartMethod) async throws {
        var companions = WorkCompanions()
        companions.carryTraces()
        companions.relayLogs()
        let label = "plain.\(method)"
        let pool = try ProcessPool(workers: 1, by: method, companions: companions)
        #expect(try await withSpan("submitting") { _ in try await pool.run(LoggingInTrace(label: label)) } == nil)
        #expect(try await pool.run(LoggingInTrace(label: label)) == nil)
        await pool.shutDown()
        #expect(
            TestLog.take(label).map(\.provided) == [["trace": "trace-of-parent", "span": "span-of-parent"], [:]])
    }
}
