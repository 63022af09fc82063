// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import Synchronization
import TestSupport
import Testing

/// Which work goes first, how many workers there are, and where work comes from.
@Suite("The flow of a pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolFlowTests: PoolMaking {
    @Test("lets workers go that become idle after their time has begun")
    func lateIdleness() async throws {
        let pool = try pool(2) { $0.idleTimeout = .milliseconds(20) }
        let (heart, event) = (try Heart(), try SharedEvent())
        let tasks = (0..<2).map { _ in Task { try await pool.run(AwaitingEvent(heart, event)) } }
        await heart.reaches(2)
        let ended = ContinuousClock.now.advanced(by: .milliseconds(60))
        try await eventually("the time of idle workers is over") { ContinuousClock.now > ended }
        event.set()
        for task in tasks { _ = try await task.value }
        try await eventually("all workers have gone") { pool.processIdentifiers.isEmpty }
        await pool.shutDown()
    }

    @Test("does the more urgent work first")
    func priorities() async throws {
        let pool = try pool(1)
        let (heart, event, numbers) = (try Heart(), try SharedEvent(), try SharedAtomic(0))
        let blocked = (0..<2).map { _ in Task { try await pool.run(AwaitingEvent(heart, event)) } }
        await heart.reaches(1)
        var tasks: [WorkPriority: Task<Int, any Error>] = [:]
        for priority in WorkPriority.allCases {
            tasks[priority] = Task {
                try await pool.run(TakingANumber(numbers), options: WorkOptions(priority: priority))
            }
        }
        try await eventually("all are submitted") { pool.counts.waiting + pool.counts.inFlight == 5 }
        event.set()
        for task in blocked { _ = try await task.value }
        #expect(try await tasks[.high]?.value == 1)
        #expect(try await tasks[.normal]?.value == 2)
        #expect(try await tasks[.low]?.value == 3)
        await pool.shutDown()
    }

    @Test(
        "can be resized many times, also when all its workers have gone for want of work",
        .origin(
            "loky.test_reusable_executor.test_reusable_executor_resize_many_times",
            "loky.test_reusable_executor.test_resize_after_timeout"))
    func resizingOften() async throws {
        let pool = try pool(2) { $0.idleTimeout = .milliseconds(10) }
        for count in [4, 1, 3, 1, 2] {
            pool.resize(to: count)
            #expect(try await pool.map((0..<20).map(Square.init)) == (0..<20).map { $0 * $0 })
        }
        try await eventually("all workers have gone") { pool.processIdentifiers.isEmpty }
        pool.resize(to: 3)
        #expect(try await pool.map((0..<20).map(Square.init)) == (0..<20).map { $0 * $0 })
        await pool.shutDown()
    }

    @Test(
        "lets idle workers go and starts others when there is work",
        .origin("loky._test_process_executor.test_worker_timeout"))
    func idleness() async throws {
        let pool = try pool(3) { $0.idleTimeout = .milliseconds(20) }
        _ = try await pool.map((0..<30).map(Square.init))
        try await eventually("all workers have gone") { pool.processIdentifiers.isEmpty }
        #expect(try await pool.map((0..<30).map(Square.init)) == (0..<30).map { $0 * $0 })
        await pool.shutDown()
    }

    @Test(
        "can be made larger and smaller while it works",
        .origin(
            "loky.test_reusable_executor.test_reusable_executor_resize",
            "loky.test_reusable_executor.test_kill_after_resize_call"))
    func resizing() async throws {
        let pool = try pool(1)
        let (heart, event) = (try Heart(), try SharedEvent())
        let tasks = (0..<4).map { _ in Task { try await pool.run(AwaitingEvent(heart, event)) } }
        await heart.reaches(1)
        pool.resize(to: 4)
        #expect(pool.workerCount == 4)
        await heart.reaches(4)
        pool.resize(to: 2)
        event.set()
        for task in tasks { _ = try await task.value }
        try await eventually("two have gone") { pool.processIdentifiers.count == 2 }
        #expect(try await pool.run(Square(number: 5)) == 25)
        await pool.shutDown()
    }

    @Test("is refused when workers are nested too deeply", .origin("loky._test_process_executor.test_max_depth"))
    func nesting() async throws {
        let levels = try await withWorkerPool(.processes(1)) { pool in try await pool.run(NestingWithoutEnd()) }
        #expect(levels == 10 * 100 + 9)
    }

    @Test("does work for itself that a thread of it asks for")
    func nestedThreads() async throws {
        let pool = try ThreadPool(workers: 2)
        FeedingItsPool.set(pool)
        #expect(try await pool.run(FeedingItsPool(depth: 4)) == 31)
        FeedingItsPool.set(nil)
        await pool.shutDown()
    }

    @Test(
        "does an input that comes over time, also while more of it is awaited",
        arguments: [Workers.inline, .threads(2), .processes(2)])
    func asynchronousInput(_ workers: Workers) async throws {
        try await withWorkerPool(workers) { pool in
            let (input, continuation) = AsyncStream.makeStream(of: Square.self)
            var outcomes = pool.outcomes(of: input).makeAsyncIterator()
            for number in 0..<3 {
                continuation.yield(Square(number: number))
                // It comes although the input has not ended.
                let outcome = try await outcomes.next(isolation: nil)
                #expect(try outcome?.result.get() == number * number)
            }
            continuation.finish()
            #expect(try await outcomes.next(isolation: nil) == nil)
            let numbers = AsyncStream { continuation in
                for number in 0..<100 { continuation.yield(Square(number: number)) }
                continuation.finish()
            }
            #expect(try await pool.map(numbers) == (0..<100).map { $0 * $0 })
        }
    }

    @Test("ends with the error of an input that fails, after the outcomes of what came before it")
    func failingInput() async throws {
        try await withWorkerPool(.processes(2)) { pool in
            let input = AsyncThrowingStream<Square, any Error> { continuation in
                for number in 0..<5 { continuation.yield(Square(number: number)) }
                continuation.finish(throwing: Refusal(reason: "no more"))
            }
            var sum = 0
            await #expect(throws: Refusal(reason: "no more")) {
                for try await outcome in pool.outcomes(of: input, lookAhead: 2) { sum += try outcome.result.get() }
            }
            #expect(sum == 30)
        }
    }

    @Test("tells its progress, and that it has ended")
    func progress() async throws {
        let pool = try pool(2)
        let progress = pool.progress
        let watcher = Task {
            var last: PoolCounts?
            for await counts in progress { last = counts }
            return last
        }
        _ = try await pool.map((0..<200).map(Square.init))
        _ = try? await pool.run(Trapping())
        #expect(pool.counts.ended == 201)
        #expect(pool.counts.failed == 1)
        #expect(pool.counts.waiting == 0)
        #expect(pool.counts.inFlight == 0)
        await pool.shutDown()
        let last = await watcher.value
        #expect(last?.ended ?? 0 <= 201)
    }
}
