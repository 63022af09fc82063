// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A door that holds tasks until a test opens it; then it stays open.
///
/// ``enter()`` does not look at cancellation: what a test holds at a gate stays there until the test says so.
public final class Gate: Sendable {
    private enum State {
        case closed([CheckedContinuation<Void, Never>])
        case open
    }

    private let state = Mutex(State.closed([]))

    public init() {}

    /// Lets in all who wait and all who come later.
    public func open() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard case .closed(let waiting) = state else { return [] }
            state = .open
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until the gate is open.
    public func enter() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard case .closed(let waiting) = state else { return true }
                state = .closed(waiting + [continuation])
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// A gate that holds a thread instead of a task. Never enter it from the cooperative pool.
public final class BlockingGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    public init() {}

    /// Lets in all who wait and all who come later.
    public func open() { semaphore.signal() }

    /// Blocks the calling thread until the gate is open.
    public func enter() {
        semaphore.wait()
        // Each one who enters leaves the door open for the next.
        semaphore.signal()
    }
}
