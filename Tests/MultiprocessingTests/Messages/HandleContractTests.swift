// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Glibc
import Multiprocessing
import TestSupport
import Testing

@Suite("Handles in works", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct HandleContractTests {
    @Test("over every kind of worker", arguments: PoolContract.handles, ContractRun.allCases)
    func every(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("over every kind of process", arguments: PoolContract.handlesOfProcesses, ContractRun.processes)
    func processes(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("that a worker has no room for fail their own work", arguments: [StartMethod.spawn, .forkServer])
    func limit(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 1, by: method)
        try await pool.run(LoweringLimit())
        let handles = try (0..<40).map { _ in try DescriptorHandle(duplicating: 0) }
        do throws(WorkFailure) {
            _ = try await pool.run(HoldingHandles(handles: handles))
            Issue.record("forty descriptors came where twenty may be")
        } catch {
            guard case .notDecoded(let error) = error else {
                Issue.record("found \(error)")
                return
            }
            #expect(error.text.contains("has used up its descriptors"))
        }
        // Nothing of it was kept.
        #expect(try await pool.run(HoldingHandles(handles: Array(handles.prefix(10)))) == 10)
        await pool.shutDown()
    }
}

struct LoweringLimit: Work {
    func run() {
        var limit = rlimit(rlim_cur: 20, rlim_max: 20)
        // Reads the local value.
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

struct HoldingHandles: Work {
    var handles: [DescriptorHandle]
    func run() -> Int { Set(handles.map(\.number)).count }
}
