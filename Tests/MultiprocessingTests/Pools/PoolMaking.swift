// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// A suite whose tests make pools of processes of many kinds.
protocol PoolMaking {}

extension PoolMaking {
    /// A pool whose configuration is changed before it is made.
    func pool(
        _ workers: Int, by method: StartMethod = .forkServer,
        _ change: (inout ProcessPool.Configuration) -> Void = { _ in }
    ) throws -> ProcessPool {
        var configuration = ProcessPool.Configuration(workers: workers, by: method)
        change(&configuration)
        return try ProcessPool(configuration)
    }
}
