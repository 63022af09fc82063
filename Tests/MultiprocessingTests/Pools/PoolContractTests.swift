// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// The contract of `WorkerPool` over every pool and every start method.
@Suite("A worker pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolContractTests {
    @Test("without workers", arguments: PoolContract.everyPool)
    func inline(_ contract: PoolContract) async throws { try await check(contract, InlinePool()) }

    @Test("of threads", arguments: PoolContract.everyPool)
    func threads(_ contract: PoolContract) async throws { try await check(contract, ThreadPool(workers: 2)) }

    @Test(
        "of processes", arguments: PoolContract.everyPool + PoolContract.processPool, [StartMethod.spawn, .forkServer])
    func processes(_ contract: PoolContract, _ method: StartMethod) async throws {
        try await check(contract, ProcessPool(workers: 2, by: method))
    }

    /// In a program of its own, because the test runner has more than one thread.
    @Test("of forked processes", arguments: PoolContract.everyPool + PoolContract.processPool)
    func forkedProcesses(_ contract: PoolContract) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["contract", "fork", contract.description])
        #expect(result.standardOutput == "holds\n")
        #expect(result.status == .exited(0))
    }

    private func check(_ contract: PoolContract, _ pool: any WorkerPool) async throws {
        do {
            try await contract.check(pool)
        } catch {
            await pool.shutDown(.abandoning)
            throw error
        }
        await pool.shutDown()
    }
}
