// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import Synchronization
import TestSupport
import Testing

/// What a pool does with work that does not end, and with workers that do.
@Suite("A supervised pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SupervisionTests {
    static let methods = [StartMethod.forkServer, .spawn]

    private func pool(
        _ workers: Int, by method: StartMethod = .forkServer,
        _ change: (inout ProcessPool.Configuration) -> Void = { _ in }
    ) throws -> ProcessPool {
        var configuration = ProcessPool.Configuration(workers: workers, by: method)
        change(&configuration)
        return try ProcessPool(configuration)
    }

    @Test("ends work that has run too long, politely where that is enough", arguments: methods)
    func politeDeadline(_ method: StartMethod) async throws {
        let pool = try pool(1, by: method) { $0.grace = .seconds(60) }
        let before = try await pool.run(NamingItsProcess())
        let heart = try Heart()
        do {
            try await pool.run(Heeding(heart), options: WorkOptions(timeLimit: .milliseconds(50)))
            Issue.record("it ended by itself")
        } catch {
            guard case .deadlineExceeded(let ran) = error else { throw error }
            #expect(ran >= .milliseconds(45))
            #expect("\(error)".contains("ran too long"))
        }
        #expect(heart.beats == 1)
        // The worker has survived.
        #expect(try await pool.run(NamingItsProcess()) == before)
        await pool.shutDown()
    }

    @Test("kills the worker of work that heeds nothing, and what that has started", arguments: methods)
    func impoliteDeadline(_ method: StartMethod) async throws {
        let pool = try pool(1, by: method) {
            $0.timeLimit = .milliseconds(50)
            $0.grace = .milliseconds(50)
        }
        let before = try await pool.run(NamingItsProcess())
        let (heart, program) = (try Heart(), try SharedAtomic(0))
        do {
            try await pool.run(Heedless(heart, program: program))
            Issue.record("it ended by itself")
        } catch {
            guard case .deadlineExceeded(let ran) = error else { throw error }
            #expect(ran >= .milliseconds(95))
        }
        #expect(try await pool.run(NamingItsProcess()) != before)
        let child = Int32(program[].load(ordering: .sequentiallyConsistent))
        #expect(child > 0)
        try await eventually("the program is gone") { ProcessTable.entry(of: child) == nil }
        await pool.shutDown()
    }

    @Test("reaches running work when the task that waits for it is cancelled", arguments: methods, [true, false])
    func cancellation(_ method: StartMethod, _ isHeeded: Bool) async throws {
        let pool = try pool(1, by: method) { $0.grace = isHeeded ? .seconds(60) : .milliseconds(50) }
        let before = try await pool.run(NamingItsProcess())
        let (heart, program) = (try Heart(), try SharedAtomic(0))
        let task = Task {
            if isHeeded {
                try await pool.run(Heeding(heart))
            } else {
                try await pool.run(Heedless(heart, program: program))
            }
        }
        await heart.reaches(1)
        task.cancel()
        await #expect(throws: WorkFailure.cancelled) { try await task.value }
        #expect((try await pool.run(NamingItsProcess()) == before) == isHeeded)
        await pool.shutDown()
    }

    @Test("goes on with what waited behind work that was called away")
    func othersAreNotTouched() async throws {
        let pool = try pool(1) { $0.grace = .milliseconds(50) }
        let (heart, program) = (try Heart(), try SharedAtomic(0))
        let task = Task { try await pool.run(Heedless(heart, program: program)) }
        await heart.reaches(1)
        async let squares = pool.map((0..<50).map(Square.init))
        task.cancel()
        #expect(try await squares == (0..<50).map { $0 * $0 })
        _ = await task.result
        await pool.shutDown()
    }

    @Test("tries idempotent work again", arguments: methods)
    func retry(_ method: StartMethod) async throws {
        let pool = try pool(1, by: method)
        #expect(try await pool.run(Persistent(try Heart(), succeedsAt: 3)) == 3)
        await pool.shutDown()
    }

    @Test("gives up idempotent work that has killed as many workers as it may, and says so")
    func quarantine() async throws {
        let pool = try pool(1) { $0.maximumAttempts = 2 }
        let heart = try Heart()
        do {
            _ = try await pool.run(Persistent(heart, succeedsAt: 100))
            Issue.record("it succeeded")
        } catch {
            guard case .quarantined(let report) = error else { throw error }
            #expect(report.attempt == 2)
            #expect(report.status == .signaled(9))
            #expect("\(error)".contains("Persistent"))
        }
        #expect(heart.beats == 2)
        #expect(try await pool.run(Square(number: 3)) == 9)
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

    @Test("replaces a worker that has done as much as it may", arguments: methods)
    func recycling(_ method: StartMethod) async throws {
        let pool = try pool(1, by: method) { $0.maximumWorkPerWorker = 2 }
        var workers: [Int32] = []
        for _ in 0..<6 { workers.append(try await pool.run(NamingItsProcess())) }
        #expect(Set(workers).count == 3)
        #expect(workers[0] == workers[1])
        await pool.shutDown()
    }

    @Test("replaces a worker that has become too large, after its work")
    func growth() async throws {
        let pool = try pool(1) { $0.memoryLimit = 300 << 20 }
        let first = try await pool.run(Hoarding(byteCount: 1 << 20))
        #expect(try await pool.run(Hoarding(byteCount: 400 << 20)) == first)
        #expect(try await pool.run(NamingItsProcess()) != first)
        await pool.shutDown()
    }

    @Test("lets idle workers go and starts others when there is work")
    func idleness() async throws {
        let pool = try pool(3) { $0.idleTimeout = .milliseconds(20) }
        _ = try await pool.map((0..<30).map(Square.init))
        try await eventually("all workers have gone") { pool.processIdentifiers.isEmpty }
        #expect(try await pool.map((0..<30).map(Square.init)) == (0..<30).map { $0 * $0 })
        await pool.shutDown()
    }

    @Test("can be made larger and smaller while it works")
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

    @Test("prepares each worker, replacements too, and has each clear up", arguments: methods)
    func routines(_ method: StartMethod) async throws {
        let (begun, ended) = (try Heart(), try Heart())
        let pool = try pool(2, by: method) {
            $0.initializer = Preparation.Saying("hello", heart: begun)
            $0.finalizer = Preparation.Saying("goodbye", heart: ended)
        }
        #expect(try await pool.run(Preparation.Asking()) == "hello")
        _ = try? await pool.run(Trapping())
        for _ in 0..<4 { #expect(try await pool.run(Preparation.Asking()) == "hello") }
        await pool.shutDown()
        #expect(begun.beats == 3)
        #expect(ended.beats == 2)
    }

    @Test("fails with its initializer's error, for good", arguments: methods)
    func failingInitializer(_ method: StartMethod) async throws {
        let pool = try pool(2, by: method) { $0.initializer = Preparation.Failing() }
        for _ in 0..<3 {
            do {
                _ = try await pool.run(Square(number: 1))
                Issue.record("it has run")
            } catch {
                guard case .initializerFailed(.threw(let reason)) = error else { throw error }
                #expect(reason.text.contains("no database"))
                #expect("\(error)".contains("no database"))
            }
        }
        await pool.shutDown()
    }

    @Test("is refused when workers are nested too deeply")
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

    @Test("cancels work that has run too long where it cannot kill it", arguments: [Workers.threads(1), .inline])
    func politeOnly(_ workers: Workers) async throws {
        let heart = try Heart()
        try await withWorkerPool(workers) { pool in
            do {
                try await pool.run(Heeding(heart), options: WorkOptions(timeLimit: .milliseconds(20)))
                Issue.record("it ended by itself")
            } catch let failure as WorkFailure {
                guard case .deadlineExceeded = failure else { throw failure }
            }
            #expect(try await pool.run(Square(number: 2), options: WorkOptions(timeLimit: .seconds(60))) == 4)
        }
    }

    @Test("finishes for so long, and kills what has not ended by then")
    func limitedFinish() async throws {
        let pool = try pool(1)
        let (heart, program) = (try Heart(), try SharedAtomic(0))
        let task = Task { try await pool.run(Heedless(heart, program: program)) }
        await heart.reaches(1)
        await pool.shutDown(within: .milliseconds(50))
        await #expect(throws: WorkFailure.poolIsShutDown) { try await task.value }
    }
}
