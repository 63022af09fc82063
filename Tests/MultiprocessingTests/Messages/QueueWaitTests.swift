// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("A queue among what is waited for", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct QueueWaitTests {
    @Test("over threads and processes", arguments: PoolContract.queueWaits, ContractRun.all)
    func holds(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("is ready for a thread, too, when all senders have gone")
    func blocking() async throws {
        let receiver = try SharedQueue<Int>(capacity: 1).receiver
        let ready = await withCheckedContinuation { continuation in
            startThread { continuation.resume(returning: waitForAny(of: [receiver], timeout: .seconds(20))) }
        }
        #expect(ready == [0])
    }
}
