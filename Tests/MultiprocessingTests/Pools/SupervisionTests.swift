// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import Synchronization
import TestSupport
import Testing

/// What a pool does with work that does not end, and with workers that do.
@Suite("A supervised pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SupervisionTests: PoolMaking {
    static let methods = [StartMethod.forkServer, .spawn]

    @Test(
        "ends work that has run too long, politely where that is enough",
        .origin(
            "executor.ExecutorTest.test_map_timeout", "loky._test_process_executor.test_map_timeout",
            "_test_multiprocessing._TestPool.test_async_timeout",
            "test_as_completed.AsCompletedTests.test_future_times_out",
            "test_as_completed.AsCompletedTests.test_correct_timeout_exception_msg"), arguments: methods)
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

    @Test("ends work that has run too long also when it was sent ahead of its turn")
    func deadlineOfTheNext() async throws {
        let pool = try pool(1) { $0.grace = .milliseconds(50) }
        let (heart, event) = (try Heart(), try SharedEvent())
        let first = Task { try await pool.run(AwaitingEvent(heart, event)) }
        await heart.reaches(1)
        let second = Task { try await pool.run(Hanging(), options: WorkOptions(timeLimit: .milliseconds(50))) }
        try await eventually("it was sent ahead") { pool.counts.inFlight == 2 }
        event.set()
        _ = try await first.value
        do {
            try await second.value
            Issue.record("it ended by itself")
        } catch let failure as WorkFailure {
            guard case .deadlineExceeded = failure else { throw failure }
        }
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

    @Test(
        "replaces a worker that has done as much as it may",
        .origin(
            "_test_multiprocessing._TestPoolWorkerLifetime.test_pool_worker_lifetime",
            "test_process_pool.ProcessPoolExecutorTest.test_max_tasks_per_child"), arguments: methods)
    func recycling(_ method: StartMethod) async throws {
        let pool = try pool(1, by: method) { $0.maximumWorkPerWorker = 2 }
        var workers: [Int32] = []
        for _ in 0..<6 { workers.append(try await pool.run(NamingItsProcess())) }
        #expect(Set(workers).count == 3)
        #expect(workers[0] == workers[1])
        await pool.shutDown()
    }

    @Test(
        "finishes what it has although its workers may do no more of it each than one",
        .origin(
            "_test_multiprocessing._TestPoolWorkerLifetime.test_pool_worker_lifetime_early_close",
            "test_process_pool.ProcessPoolExecutorTest.test_max_tasks_early_shutdown"), arguments: methods)
    func recyclingAtTheEnd(_ method: StartMethod) async throws {
        let pool = try pool(3, by: method) { $0.maximumWorkPerWorker = 1 }
        let tasks = (0..<6).map { number in Task { try await pool.run(Square(number: number)) } }
        try await eventually("all are submitted") {
            pool.counts.ended + pool.counts.waiting + pool.counts.inFlight == 6
        }
        await pool.shutDown()
        for (number, task) in tasks.enumerated() { #expect(try await task.value == number * number) }
    }

    private struct Untravelled: Work {
        func run() {}
    }

    @Test(
        "is refused with a routine that cannot be sent to its workers",
        .origin("_test_multiprocessing.TestInitializers.test_pool_initializer"))
    func badRoutine() throws {
        #expect { _ = try pool(1) { $0.initializer = Untravelled() } } throws: { error in
            guard case .routineCannotTravel(let reason) = error as? StartFailure else { return false }
            return reason.contains("Untravelled")
        }
    }

    @Test(
        "replaces a worker that has become too large, after its work",
        .origin("loky._test_process_executor.test_memory_leak_protection"))
    func growth() async throws {
        let pool = try pool(1) { $0.memoryLimit = 300 << 20 }
        let first = try await pool.run(Hoarding(byteCount: 1 << 20))
        #expect(try await pool.run(Hoarding(byteCount: 400 << 20)) == first)
        #expect(try await pool.run(NamingItsProcess()) != first)
        await pool.shutDown()
    }

    @Test(
        "prepares each worker, replacements too, and has each clear up",
        .origin(
            "test_init.InitializerMixin.test_initializer", "loky.test_reusable_executor.test_reusable_initializer",
            "_test_multiprocessing._TestAtExit.test_atexit"), arguments: methods)
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

    @Test(
        "fails with its initializer's error, for good",
        .origin(
            "test_init.FailingInitializerMixin.test_initializer",
            "test_init.FailingInitializerResourcesTest.test_spawn",
            "test_init.FailingInitializerResourcesTest.test_forkserver"), arguments: methods)
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

    @Test("tells of work in the work's own words, which may ask the pool")
    func ownWords() async throws {
        let pool = try pool(2)
        Curious.set(pool)
        do {
            try await pool.run(Curious())
            Issue.record("it has run")
        } catch {
            guard case .died(let report) = error else { throw error }
            #expect(report.work.contains("Curious of "))
        }
        Curious.set(nil)
        await pool.shutDown()
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
