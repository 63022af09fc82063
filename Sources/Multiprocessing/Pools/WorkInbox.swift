// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Where the answers of a sequence of works, or of one work, arrive, in batches and on any thread; its owner takes them in
/// batches, too.
@usableFromInline final class WorkInbox: Sendable {
    private struct State: Sendable {
        var arrived: [WorkArrival] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Monitor(State())

    func add(_ arrivals: [WorkArrival]) {
        guard !arrivals.isEmpty else { return }
        let waiter = state.update { state in
            if state.arrived.isEmpty { state.arrived = arrivals } else { state.arrived += arrivals }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    @usableFromInline var isEmpty: Bool { state.update { $0.arrived.isEmpty } }

    /// What has arrived since the last time.
    @usableFromInline func take() -> [WorkArrival] {
        state.update { state in
            if state.arrived.isEmpty { return [] }
            defer { state.arrived = [] }
            return state.arrived
        }
    }

    /// Waits until something has arrived. One caller at a time.
    @usableFromInline nonisolated(nonsending) func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = state.update { state in
                if state.arrived.isEmpty { state.waiter = continuation }
                return !state.arrived.isEmpty
            }
            if isThere { continuation.resume() }
        }
    }
}

/// What one iteration has submitted; when it goes, what has not begun is taken back.
@usableFromInline final class WorkIteration: Sendable {
    @usableFromInline let inbox = WorkInbox()
    @usableFromInline let pool: any SubmittingPool

    @usableFromInline init(_ pool: any SubmittingPool) { self.pool = pool }

    deinit { pool.takeBack(inbox, alsoRunning: false) }
}
