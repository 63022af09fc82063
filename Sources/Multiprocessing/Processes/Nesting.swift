// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many workers are above this process, itself included: 0 in a program that nobody's pool has started.
enum Nesting {
    /// As deep as loky's: enough for any tree of works, and few enough that a work which starts a pool for itself without end
    /// is stopped before the machine is.
    static let most = 10

    private static let level = Atomic<Int>(0)

    static var current: Int { level.load(ordering: .relaxed) }

    /// Said once, before the first work.
    static func enter(_ depth: Int) { level.store(depth, ordering: .relaxed) }
}
