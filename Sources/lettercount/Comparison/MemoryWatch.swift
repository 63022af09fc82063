// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Multiprocessing
import Synchronization

/// Looks at the memory of a process and its descendants until it is told to stop, and keeps the greatest sum.
///
/// Every look costs the processes that are looked at some time, so this is for runs that are not timed. What lives for
/// less than an interval may be missed.
final class MemoryWatch {
    private final class Greatest: Sendable {
        let bytes = Mutex<UInt64?>(nil)
    }

    private let greatest = Greatest()
    private let timer: any DispatchSourceTimer

    init(of process: Int32) {
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "lettercount.memory"))
        timer.schedule(deadline: .now(), repeating: .milliseconds(5), leeway: .milliseconds(1))
        let (tree, greatest) = (ProcessTree(of: process), greatest)
        timer.setEventHandler {
            guard let bytes = tree.memoryBytes else { return }
            greatest.bytes.withLock { $0 = max($0 ?? 0, bytes) }
        }
        timer.activate()
    }

    /// The greatest sum that was seen, in bytes; nil when none could be had.
    func stop() -> UInt64? {
        timer.cancel()
        return greatest.bytes.withLock { $0 }
    }
}
