// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import Synchronization

/// A count that works in other processes raise, as a sign that they have begun or have come further.
public struct Heart: Codable, Sendable {
    private let memory: SharedMemory

    public init() throws { memory = try SharedMemory(byteCount: 8) }

    public func beat() { withCount { $0.wrappingAdd(1, ordering: .sequentiallyConsistent) } }

    public var beats: Int { withCount { $0.load(ordering: .sequentiallyConsistent) } }

    /// Waits until it has beaten so often in all, without holding the thread.
    public func reaches(_ count: Int) async { while beats < count { await Task.yield() } }

    @discardableResult
    private func withCount<Result>(_ body: (borrowing Atomic<Int>) -> Result) -> Result {
        unsafe memory.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("memory without an address") }
            // Eight aligned bytes that nobody touches but by atomics; an Atomic<Int> has the layout of an Int.
            return unsafe body(base.assumingMemoryBound(to: Atomic<Int>.self).pointee)
        }
    }
}
