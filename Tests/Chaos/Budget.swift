// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Numbers for pieces of work, until there were enough or the time is over; with both given, spread over the time.
final class Budget: Sendable {
    private struct State {
        var next = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let count: Int
    private let time: Duration?
    private let began = ContinuousClock.now

    /// - Parameter count: How many, or `Int.max` for as many as the time allows.
    init(_ count: Int, over time: Duration?) {
        self.count = count
        self.time = time
        guard count < .max, time != nil else { return }
        // A thread and no timer: the runtime's would keep descriptors open that look like something left.
        Starting.thread { [self] in
            while !isUsedUp {
                pause(.milliseconds(2))
                wakeAll()
            }
            wakeAll()
        }
    }

    /// The next numbers, as many as are wanted or left; nil when there are none any more.
    func take(_ wanted: Int) async -> Range<Int>? {
        while !isUsedUp {
            let taken = state.withLock { state -> Range<Int>? in
                let first = state.next
                guard first < allowed else { return nil }
                state.next = count - first < wanted ? count : first + wanted
                return first..<state.next
            }
            if let taken { return taken }
            await withCheckedContinuation { continuation in
                let mayWait = state.withLock { state in
                    if state.next < count { state.waiters.append(continuation) }
                    return state.next < count
                }
                if !mayWait { continuation.resume() }
            }
        }
        return nil
    }

    private var isUsedUp: Bool {
        // Those that are spread are all handed out, however long the last ones take.
        if let time, count == .max { return ContinuousClock.now > began.advanced(by: time) }
        return state.withLock { $0.next >= count }
    }

    private var allowed: Int {
        guard let time, count < .max else { return count }
        let share = (ContinuousClock.now - began) / time
        return share >= 1 ? count : Int(Double(count) * share)
    }

    private func wakeAll() {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
