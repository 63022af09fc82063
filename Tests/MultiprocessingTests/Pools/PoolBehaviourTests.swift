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
}
