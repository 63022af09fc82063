// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Synchronization

/// The time limits of all documents that one event loop receives, with one timer.
///
/// With a timer for each document the loop would have to find it among all others when the document is there, as it nearly
/// always is long before.
final class TimeLimits: Sendable {
    private struct Limit {
        var end: NIODeadline
        var exceeded: @Sendable () -> Void
    }

    private struct State {
        var limits: [Int: Limit] = [:]
        var next = 0
        /// While there is one, it comes no later than the first end.
        var hasTimer = false
    }

    private let state = Mutex(State())
    private let loop: any EventLoop
    private let duration: TimeAmount

    /// - Parameter seconds: The same for all documents, so that each ends after those that began before it.
    init(seconds: Double, on loop: any EventLoop) {
        self.loop = loop
        duration = .ofSeconds(seconds)
    }

    /// Calls `exceeded` on the loop, unless the number that it answers has been handed to ``end(_:)`` in time.
    func begin(_ exceeded: @escaping @Sendable () -> Void) -> Int {
        let (number, needsTimer) = state.withLock { state in
            defer {
                state.next += 1
                state.hasTimer = true
            }
            state.limits[state.next] = Limit(end: .now() + duration, exceeded: exceeded)
            return (state.next, !state.hasTimer)
        }
        if needsTimer { startTimer(at: .now() + duration) }
        return number
    }

    func end(_ number: Int) {
        _ = state.withLock { $0.limits.removeValue(forKey: number) }
    }

    private func startTimer(at moment: NIODeadline) {
        // When the loop ends before, so have all documents.
        _ = loop.scheduleTask(deadline: moment) { self.look() }
    }

    private func look() {
        let now = NIODeadline.now()
        let (exceeded, next) = state.withLock { state in
            let exceeded = state.limits.filter { $0.value.end <= now }
            for number in exceeded.keys { state.limits[number] = nil }
            let next = state.limits.values.map(\.end).min()
            state.hasTimer = next != nil
            return (exceeded.values, next)
        }
        if let next { startTimer(at: next) }
        for limit in exceeded { limit.exceeded() }
    }
}
