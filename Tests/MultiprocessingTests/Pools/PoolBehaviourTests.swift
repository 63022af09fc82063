// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing
import TestSupport
import Testing

/// What the peers' suites ask of pools, beyond the contract of every pool.
@Suite("A pool under load", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolBehaviourTests {
    @Test("maps", arguments: PoolContract.mapping, ContractRun.allCases)
    func maps(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("is awaited", arguments: PoolContract.awaiting, ContractRun.allCases)
    func isAwaited(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("lets go", arguments: PoolContract.references, ContractRun.allCases)
    func letsGo(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("meets a mishap", arguments: PoolContract.mishaps, ContractRun.processes)
    func meetsMishap(_ contract: PoolContract, over run: ContractRun) async throws {
        try await contract.holds(over: run)
    }

    @Test("has its workers killed", arguments: PoolContract.kills, ContractRun.processes)
    func isKilled(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("is in trouble", arguments: PoolContract.trouble, ContractRun.processes)
    func isInTrouble(_ contract: PoolContract, over run: ContractRun) async throws {
        try await contract.holds(over: run)
    }

    @Test("has workers that exit", arguments: PoolContract.exits, ContractRun.processes)
    func hasWorkersThatExit(_ contract: PoolContract, over run: ContractRun) async throws {
        try await contract.holds(over: run)
    }

    @Test(
        "has named threads",
        .origin("test_shutdown.ThreadPoolShutdownTest.test_thread_names_default"))
    func namesThreads() async throws {
        let pool = try ThreadPool(workers: 3)
        var names: Set<String> = []
        for name in try await pool.map((0..<60).map { _ in ThreadName() }) { names.insert(name) }
        #expect(!names.isEmpty && names.isSubset(of: (1...3).map { "mp.pool \($0)" }))
        await pool.shutDown()
    }

    @Test(
        "has threads of the name that it was given, cut so that their numbers are there",
        .origin("test_shutdown.ThreadPoolShutdownTest.test_thread_names_assigned"),
        arguments: [("scanner", "scanner"), ("reading at émigrés", "reading at é"), ("", "")])
    func namesThreads(_ name: String, _ short: String) async throws {
        let pool = try ThreadPool(workers: 3, named: name)
        let names = Set(try await pool.map((0..<60).map { _ in ThreadName() }))
        #expect(!names.isEmpty && names.isSubset(of: (1...3).map { "\(short) \($0)" }))
        await pool.shutDown()
    }

    @Test(
        "has as many workers as this process may use processors, if nothing else is said",
        .origin("test_thread_pool.ThreadPoolExecutorTest.test_default_workers"))
    func defaultWorkers() async throws {
        let threads = try ThreadPool()
        #expect(threads.workerCount == Machine.current.usableProcessors)
        await threads.shutDown()
        let processes = try ProcessPool()
        #expect(processes.workerCount == Machine.current.usableProcessors)
        await processes.shutDown()
    }
}

struct ThreadName: Work {
    func run() -> String {
        (try? TestFile.text("/proc/thread-self/comm"))?.filter { !$0.isNewline } ?? ""
    }
}
