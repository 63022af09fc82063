// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// A size that makes no sense is a mistake in the program, which ends it; nothing is started before.
@Suite("How many workers a pool has", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct PoolSizeTests {
    @Test(
        "is what was said, in processes and in numbers", .origin("_test_multiprocessing._TestPool.test_make_pool"),
        arguments: [StartMethod.spawn, .forkServer], [1, 3])
    func counts(_ method: StartMethod, _ count: Int) async throws {
        let processes = try ProcessPool(workers: count, by: method)
        #expect(processes.workerCount == count)
        #expect(Set(processes.processIdentifiers).count == count)
        #expect(processes.counts.workers == count)
        await processes.shutDown()
        #expect(processes.processIdentifiers.isEmpty)
    }

    @Test(
        "is not zero or less",
        .origin(
            "_test_multiprocessing._TestPool.test_make_pool", "executor.ExecutorTest.test_max_workers_negative",
            "loky._test_process_executor.test_max_workers_negative",
            "loky.test_reusable_executor.test_invalid_process_number"),
        arguments: [0, -1])
    func least(_ count: Int) async {
        await #expect(processExitsWith: .failure) { [count = count as Int] in _ = try ThreadPool(workers: count) }
        await #expect(processExitsWith: .failure) { [count = count as Int] in _ = try ProcessPool(workers: count) }
        await #expect(processExitsWith: .failure) { [count = count as Int] in
            try ProcessPool(workers: 1).resize(to: count)
        }
        // As many as that are fine, so it is the number.
        await #expect(processExitsWith: .success) {
            try ProcessPool(workers: 2).resize(to: 1)
            try await ThreadPool(workers: 1).shutDown()
        }
    }

    @Test(
        "changes after at least one piece of work each",
        .origin("_test_multiprocessing._TestPoolWorkerLifetime.test_pool_maxtasksperchild_invalid"),
        arguments: [0, -1, .min])
    func leastWork(_ count: Int) async {
        await #expect(processExitsWith: .failure) { [count = count as Int] in
            var configuration = ProcessPool.Configuration(workers: 3)
            configuration.maximumWorkPerWorker = count
            _ = try ProcessPool(configuration)
        }
    }
}
