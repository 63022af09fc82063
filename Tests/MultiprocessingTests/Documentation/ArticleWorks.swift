// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

/// Dies in the middle of a change.
struct DieWithStock: Work {
    var stock: SharedMutex<Stock>

    func run() async throws {
        try await stock.withLock { stock in
            stock.ordered -= 3
            kill(getpid(), SIGKILL)
        }
    }
}

/// Is killed so many times, then answers how often it was begun.
struct DieAtFirst: Work {
    var times: Int
    var attempts: SharedAtomic<Int>

    func run() -> Int {
        let attempt = attempts[].add(1, ordering: .relaxed).newValue
        if attempt <= times { kill(getpid(), SIGKILL) }
        return attempt
    }
}

/// Says what it does.
struct TalkativeSum: Work {
    var number: Int

    func run() -> Int {
        print("adding up to \(number)")
        return number * (number + 1) / 2
    }
}

/// Waits for what nobody does.
struct NeverReady: Work {
    func run() throws { try SharedEvent().wait() }
}
