// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The queue that the threads of a pool take their work from.
final class ThreadPoolStorage: Sendable {
    /// What an item is told to do; once.
    enum Start {
        case run(ThreadExecutor)
        case giveUp(WorkFailure)
    }

    typealias Item = @Sendable (Start) -> Void

    private struct State: Sendable {
        var items = WorkQueue<Item>()
        var isOpen = true
        var threads = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())

    func startThread(named name: String) throws(SystemError) {
        // Counted before it runs, or a close in between would not wait for it.
        state.update { $0.threads += 1 }
        do {
            try NativeThread.start(named: name) { [self] in runThread() }
        } catch {
            state.update { $0.threads -= 1 }
            throw error
        }
    }

    private func runThread() {
        let executor = ThreadExecutor()
        while let item = state.wait(for: { Self.take(&$0) }) { item(.run(executor)) }
        let waiters = state.update { state in
            state.threads -= 1
            return Self.waitersIfEnded(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// The next item; nil to end the thread; no answer to wait.
    private static func take(_ state: inout State) -> Item?? {
        if let (_, item) = state.items.popFirst() { return .some(item) }
        return state.isOpen ? nil : .some(nil)
    }

    func submit(_ item: @escaping Item) -> WorkTicket {
        let id = state.update(waking: .one) { state in state.isOpen ? state.items.append(item) : nil }
        guard let id else {
            item(.giveUp(.poolIsShutDown))
            return .none
        }
        // Weak: a ticket is no reason for a pool to live.
        return WorkTicket { [weak self] in self?.cancel(id) }
    }

    private func cancel(_ id: UInt64) {
        state.update { $0.items.remove(id) }?(.giveUp(.cancelled))
    }

    func close(_ mode: ShutDownMode) {
        let abandoned = state.update(waking: .all) { state in
            state.isOpen = false
            return mode == .abandoning ? state.items.removeAll() : []
        }
        for item in abandoned { item(.giveUp(.poolIsShutDown)) }
    }

    /// Waits for the last thread.
    func end() async {
        await withCheckedContinuation { continuation in
            let waiters = state.update { state in
                state.waiters.append(continuation)
                return Self.waitersIfEnded(&state)
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    private static func waitersIfEnded(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard state.threads == 0 else { return [] }
        defer { state.waiters = [] }
        return state.waiters
    }
}
