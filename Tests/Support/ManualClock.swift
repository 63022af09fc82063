// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: Clock {
    /// A moment, as its distance from the clock's beginning.
    public struct Instant: InstantProtocol {
        public var offset: Duration

        public init(offset: Duration = .zero) { self.offset = offset }

        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        var deadline: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant()
        var nextIdentifier = 0
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    public init() {}

    public var now: Instant { state.withLock { $0.now } }
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Moves the clock and wakes all whose time has come, the earliest first.
    public func advance(by duration: Duration) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for identifier in due.keys { state.sleepers[identifier] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Waits until at least `count` tasks sleep, so that the next ``advance(by:)`` cannot come too early.
    public func sleepers(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let reached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if reached { continuation.resume() }
        }
    }

    public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let identifier = state.withLock { state in
            state.nextIdentifier += 1
            return state.nextIdentifier
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                suspend(identifier, until: deadline, continuation)
            }
        } onCancel: {
            cancel(identifier)
        }
    }

    private enum Beginning { case asleep, late, cancelled }

    private func suspend(
        _ identifier: Int, until deadline: Instant, _ continuation: CheckedContinuation<Void, any Error>
    ) {
        let (beginning, observers) = state.withLock { state -> (Beginning, [CheckedContinuation<Void, Never>]) in
            // Cancellation may come before the sleep has begun.
            if state.cancelled.remove(identifier) != nil { return (.cancelled, []) }
            if deadline <= state.now { return (.late, []) }
            state.sleepers[identifier] = Sleeper(deadline: deadline, continuation: continuation)
            let count = state.sleepers.count
            let satisfied = state.observers.filter { $0.count <= count }
            state.observers.removeAll { $0.count <= count }
            return (.asleep, satisfied.map(\.continuation))
        }
        for observer in observers { observer.resume() }
        switch beginning {
        case .asleep: break
        case .late: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        }
    }

    private func cancel(_ identifier: Int) {
        let sleeper = state.withLock { state -> Sleeper? in
            if let sleeper = state.sleepers.removeValue(forKey: identifier) { return sleeper }
            state.cancelled.insert(identifier)
            return nil
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
