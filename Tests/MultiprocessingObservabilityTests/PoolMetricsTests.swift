// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Metrics
import MetricsTestKit
import MultiprocessingObservability
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Metrics of a pool")
struct PoolMetricsTests {
    private let metrics = TestMetrics()

    private func work(_ number: UInt64, attempt: Int = 0) -> WorkDescription {
        WorkDescription(number: number, typeName: "T", attempt: attempt)
    }

    @Test("time and count work")
    func work() throws {
        let pool = PoolMetrics(label: "p", dimensions: [("pool", "a")], factory: metrics)
        pool.observe(.workSubmitted(work(0)))
        pool.observe(.workSubmitted(work(1)))
        pool.observe(.workStarted(work(0, attempt: 1), waited: .microseconds(3)))
        #expect(try metrics.expectGauge("p.work.waiting", [("pool", "a")]).lastValue == 1)
        #expect(try metrics.expectGauge("p.work.running", [("pool", "a")]).lastValue == 1)
        pool.observe(.workEnded(work(0, attempt: 1), ran: .milliseconds(2), failure: nil))
        pool.observe(.workEnded(work(1), ran: .zero, failure: .cancelled))
        #expect(try metrics.expectGauge("p.work.waiting", [("pool", "a")]).values == [1, 2, 1, 1, 0])
        #expect(try metrics.expectGauge("p.work.running", [("pool", "a")]).values == [0, 0, 1, 0, 0])
        #expect(try metrics.expectTimer("p.work.wait", [("pool", "a")]).values == [3_000])
        #expect(try metrics.expectTimer("p.work.run", [("pool", "a")]).values == [2_000_000])
        #expect(try metrics.expectCounter("p.work.done", [("pool", "a")]).totalValue == 1)
        #expect(try metrics.expectCounter("p.work.failures", [("pool", "a"), ("kind", "cancelled")]).totalValue == 1)
    }

    @Test("count a work once, however often it is tried")
    func attempts() throws {
        let pool = PoolMetrics(factory: metrics)
        pool.observe(.workSubmitted(work(7)))
        for attempt in 1...3 { pool.observe(.workStarted(work(7, attempt: attempt), waited: .seconds(attempt))) }
        pool.observe(.workEnded(work(7, attempt: 3), ran: .seconds(1), failure: .poolIsShutDown))
        #expect(try metrics.expectGauge("multiprocessing.pool.work.running").values == [0, 1, 1, 1, 0])
        #expect(try metrics.expectGauge("multiprocessing.pool.work.waiting").lastValue == 0)
        let waits = try metrics.expectTimer("multiprocessing.pool.work.wait").values
        #expect(waits == [1_000_000_000, 2_000_000_000, 3_000_000_000])
        let failures = try metrics.expectCounter(
            "multiprocessing.pool.work.failures", [("kind", "poolIsShutDown")])
        #expect(failures.totalValue == 1)
    }

    @Test("count workers, restarts and ends")
    func workers() throws {
        let pool = PoolMetrics(label: "p", factory: metrics)
        pool.observe(.workerStarted(processIdentifier: 1, isReplacement: false))
        pool.observe(.workerStarted(processIdentifier: 2, isReplacement: false))
        pool.observe(.workerEnded(processIdentifier: 1, status: .signaled(9), reason: .lost))
        pool.observe(.workerStarted(processIdentifier: 3, isReplacement: true))
        pool.observe(.workerEnded(processIdentifier: 2, status: .exited(0), reason: .shutDown))
        pool.observe(.workerEnded(processIdentifier: 3, status: .exited(0), reason: .shutDown))
        #expect(try metrics.expectGauge("p.workers").values == [1, 2, 1, 2, 1, 0])
        #expect(try metrics.expectCounter("p.workers.started").totalValue == 3)
        #expect(try metrics.expectCounter("p.workers.restarts").totalValue == 1)
        #expect(try metrics.expectCounter("p.workers.ended", [("reason", "lost")]).totalValue == 1)
        #expect(try metrics.expectCounter("p.workers.ended", [("reason", "shutDown")]).totalValue == 2)
    }

    @Test("are told of everything by a pool that observes", .leavesNothingBehind(after: { try? ForkServer.start() }))
    func realPool() async throws {
        var configuration = ProcessPool.Configuration(workers: 1)
        configuration.observer = PoolMetrics(label: "p", factory: metrics)
        let pool = try ProcessPool(configuration)
        #expect(try await pool.map((0..<5).map(Countable.init)) == Array(0..<5))
        _ = try? await pool.run(LoggingAndTrapping(label: "p"))
        #expect(try await pool.run(Countable(number: 7)) == 7)
        await pool.shutDown()
        #expect(try metrics.expectCounter("p.work.done").totalValue == 6)
        #expect(try metrics.expectCounter("p.work.failures", [("kind", "died")]).totalValue == 1)
        #expect(try metrics.expectTimer("p.work.wait").values.count == 7)
        #expect(try metrics.expectGauge("p.work.waiting").lastValue == 0)
        #expect(try metrics.expectGauge("p.work.running").lastValue == 0)
        #expect(try metrics.expectCounter("p.workers.restarts").totalValue == 1)
        #expect(try metrics.expectCounter("p.workers.ended", [("reason", "lost")]).totalValue == 1)
        #expect(try metrics.expectCounter("p.workers.ended", [("reason", "shutDown")]).totalValue == 1)
    }

    @Test("say a time that is too long for them as the longest one")
    func endless() throws {
        let pool = PoolMetrics(label: "p", factory: metrics)
        pool.observe(.workSubmitted(work(0)))
        pool.observe(.workStarted(work(0), waited: .seconds(Int64.max)))
        #expect(try metrics.expectTimer("p.work.wait").values == [.max])
    }
}
