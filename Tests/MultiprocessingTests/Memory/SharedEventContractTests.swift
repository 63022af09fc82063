// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("A shared event", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedEventContractTests {
    @Test("between workers of every kind", arguments: PoolContract.event, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("between processes", arguments: PoolContract.eventOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}
