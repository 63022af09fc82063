// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing
import TestSupport
import Testing

/// The suite's check is half of each test: nothing may be left, whichever way a pool is left.
@Suite("A pool's life", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolLifetimeTests {
    static let workers = [Workers.inline, .threads(3), .processes(3), .processes(2, by: .spawn)]

    @Test(
        "ends with its scope",
        .origin(
            "test_shutdown.ThreadPoolShutdownTest.test_context_manager_shutdown",
            "test_shutdown.ProcessPoolShutdownTest.test_context_manager_shutdown",
            "loky._test_process_executor.test_context_manager_shutdown"), arguments: workers)
    func scope(_ workers: Workers) async throws {
        let squares = try await withWorkerPool(workers) { pool in try await pool.map((1...20).map(Square.init)) }
        #expect(squares == (1...20).map { $0 * $0 })
    }

    @Test(
        "is over for good behind its scope",
        .origin("_test_multiprocessing._TestPool.test_context", "_test_multiprocessing._TestPool.test_enter"),
        arguments: workers)
    func behindScope(_ workers: Workers) async throws {
        let (pool, squares) = try await withWorkerPool(workers) { pool in
            (pool, try await pool.map((0..<10).map(Square.init)))
        }
        #expect(squares == (0..<10).map { $0 * $0 })
        await #expect(throws: WorkFailure.poolIsShutDown) { try await pool.map((0..<10).map(Square.init)) }
        await #expect(throws: WorkFailure.poolIsShutDown) { try await pool.run(Square(number: 1)) }
        await pool.shutDown()
        await #expect(throws: WorkFailure.poolIsShutDown) { try await pool.run(Square(number: 1)) }
    }

    @Test(
        "goes on as long as somebody reads its outcomes, also when workers crash and nobody else has it",
        .origin("loky._test_process_executor.test_processes_crash_handling_after_executor_gc"),
        arguments: [StartMethod.spawn, .forkServer])
    func droppedWhileRead(_ method: StartMethod) async throws {
        var deaths = 0
        var places: [Int] = []
        for await outcome in try outcomesOfDroppedPool(method) {
            places.append(outcome.index)
            if case .failure(.died(let report)) = outcome.result {
                #expect(report.status == .exited(3))
                deaths += 1
            } else if case .failure(let failure) = outcome.result {
                Issue.record("found \(failure)")
            }
        }
        #expect(places.sorted() == Array(0..<12))
        #expect(deaths == 6)
    }

    private func outcomesOfDroppedPool(_ method: StartMethod) throws -> WorkOutcomes<[ExitingOrNot]> {
        try ProcessPool(workers: 2, by: method).outcomes(of: (0..<12).map { ExitingOrNot(code: $0 % 2 == 0 ? 3 : nil) })
    }

    @Test("ends with a scope that is left by an error", arguments: workers)
    func throwing(_ workers: Workers) async throws {
        await #expect(throws: Refusal(reason: "enough")) {
            try await withWorkerPool(workers) { pool in
                _ = try await pool.run(Square(number: 2))
                throw Refusal(reason: "enough")
            }
        }
    }

    @Test(
        "ends when it is dropped",
        .origin(
            "test_shutdown.ThreadPoolShutdownTest.test_del_shutdown",
            "test_shutdown.ProcessPoolShutdownTest.test_del_shutdown",
            "loky._test_process_executor.test_del_shutdown",
            "loky._test_process_executor.test_processes_terminate_on_executor_gc"),
        arguments: workers)
    func dropped(_ workers: Workers) async throws {
        let pool = try workers.makePool()
        #expect(try await pool.run(Square(number: 3)) == 9)
    }

    @Test("ends when its task is cancelled", arguments: workers)
    func cancelled(_ workers: Workers) async throws {
        let hasBegun = Gate()
        let task = Task {
            try await withWorkerPool(workers) { pool in
                hasBegun.open()
                for try await _ in pool.results(of: (1...).lazy.map(Square.init)) {}
            }
        }
        await hasBegun.enter()
        task.cancel()
        _ = await task.result
    }

    @Test(
        "does not begin when descriptors run out, which it says with a remedy",
        .origin("_test_multiprocessing.TestPoolNotLeakOnFailure.test_release_unused_processes"),
        arguments: StartMethod.allCases)
    func withoutDescriptors(_ method: StartMethod) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        // Enough for the program, too few for two workers.
        let command = "ulimit -n 12; exec \"$0\" idle \(method.rawValue)"
        let result = try await Program.run("/bin/sh", ["-c", command, probe])
        #expect(result.status == .exited(2))
        #expect(result.standardOutput.contains("raise `ulimit -n` or use fewer workers"))
    }
}

struct ExitingOrNot: Work {
    var code: Int32?
    func run() { if let code { exit(code) } }
}
