// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("Values and arrays in shared memory", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ValueContractTests {
    @Test("over every kind of worker", arguments: PoolContract.values + PoolContract.arrays, ContractRun.allCases)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}
