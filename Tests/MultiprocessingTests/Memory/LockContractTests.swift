// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("A shared mutex", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedMutexContractTests {
    @Test("over every kind of worker", arguments: PoolContract.mutex, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.mutexOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}

@Suite("A shared recursive mutex", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct RecursiveMutexContractTests {
    @Test("over every kind of worker", arguments: PoolContract.recursiveMutex, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.recursiveMutexOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}

@Suite("A shared condition", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedConditionContractTests {
    @Test("over every kind of worker", arguments: PoolContract.condition, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.conditionOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}

@Suite("A shared once", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedOnceContractTests {
    @Test("over every kind of worker", arguments: PoolContract.once, ContractRun.all)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.onceOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }
}
