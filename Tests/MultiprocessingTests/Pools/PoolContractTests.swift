// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// The contract of `WorkerPool` over every pool and every start method.
@Suite("A worker pool", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolContractTests {
    @Test("of any kind", arguments: PoolContract.everyPool, ContractRun.allCases)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("of processes", arguments: PoolContract.processPool, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}
