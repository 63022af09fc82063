// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Hands events to an observer in the order in which they were noted, on whatever thread comes by, one at a time.
final class EventMessenger: Sendable {
    private struct State: Sendable {
        var events: [PoolEvent] = []
        var isAtIt = false

        mutating func take() -> [PoolEvent] {
            defer { events = [] }
            return events
        }
    }

    private let observer: any PoolObserver
    private let state = Monitor(State())

    init(_ observer: any PoolObserver) { self.observer = observer }

    func deliver(_ events: [PoolEvent]) {
        guard !events.isEmpty else { return }
        var next = state.update { state -> [PoolEvent] in
            state.events += events
            // Somebody else is at it, and goes on with these.
            if state.isAtIt { return [] }
            state.isAtIt = true
            return state.take()
        }
        while !next.isEmpty {
            for event in next { observer.observe(event) }
            next = state.update { state in
                state.isAtIt = !state.events.isEmpty
                return state.take()
            }
        }
    }
}
