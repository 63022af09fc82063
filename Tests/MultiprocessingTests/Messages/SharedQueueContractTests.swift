// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("A shared queue", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedQueueContractTests {
    @Test("over every kind of worker", arguments: PoolContract.queue, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.queueOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}
