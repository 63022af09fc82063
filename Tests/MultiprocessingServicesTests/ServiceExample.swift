// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing
import MultiprocessingServices
import ServiceLifecycle

// From ObservingAPool.md of the library.

func serve(with pool: ProcessPool, _ server: some Service) async throws {
    // Ended in reverse: the server first, then the pool that it uses.
    let group = ServiceGroup(services: [WorkerPoolService(pool), server], logger: Logger(label: "main"))
    try await group.run()
}
