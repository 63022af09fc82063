// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Where the answers of a sequence of works, or of one work, arrive; its owner takes them in batches.
final class WorkInbox<W: Work>: ReplyReceiver {
    typealias Arrival = (index: Int, completion: Completion<W>)

    private struct State: Sendable {
        var arrived: [Arrival] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Monitor(State())

    func receive(_ replies: [IndexedReply]) {
        guard !replies.isEmpty else { return }
        add(
            replies.map { reply in
                switch reply.result {
                case .success(let answer): (reply.index, .reply(answer))
                case .failure(let failure): (reply.index, .failure(failure))
                }
            })
    }

    func add(_ arrivals: [Arrival]) {
        let waiter = state.update { state in
            state.arrived += arrivals
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    var isEmpty: Bool { state.update { $0.arrived.isEmpty } }

    /// What has arrived since the last time.
    func take() -> [Arrival] {
        state.update { state in
            if state.arrived.isEmpty { return [] }
            defer { state.arrived = [] }
            return state.arrived
        }
    }

    /// Waits until something has arrived. One caller at a time.
    func arrival() async {
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
final class WorkIteration<W: Work>: Sendable {
    let inbox = WorkInbox<W>()
    let pool: any SubmittingPool

    init(_ pool: any SubmittingPool) { self.pool = pool }

    deinit { pool.takeBack(inbox, alsoRunning: false) }
}
