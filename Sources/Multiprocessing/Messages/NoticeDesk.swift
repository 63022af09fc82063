// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Where notices wait for their handlers between the lock under which they are received and the code of the program, which
/// no lock may be held for.
///
/// Several threads may take in what workers send. Whoever has an outcome to tell calls `handle()` before: then every notice
/// that came before the outcome has been handled, be it by this thread or by another.
final class NoticeDesk: Sendable {
    private struct State: Sendable {
        var waiting: [(payload: ReceivedBody, processIdentifier: Int32)] = []
        /// The thread that calls handlers now; zero for none.
        var handling: UInt64 = 0
    }

    private let companions: WorkCompanions
    private let state = Monitor(State())

    init(_ companions: WorkCompanions) { self.companions = companions }

    /// Keeps a notice's payload for its handler. Quick: it may be called under a lock.
    func put(_ payload: ReceivedBody, from processIdentifier: Int32) {
        guard companions.hasHandlers else { return }
        state.update { $0.waiting.append((payload, processIdentifier)) }
    }

    /// Returns when all that was put before has been handled; to be called without a lock. Called by a handler, which
    /// can do so by cancelling a task, it returns at once.
    func handle() {
        guard companions.hasHandlers else { return }
        let thread = Caller.identity
        let batch = state.wait { state -> [(payload: ReceivedBody, processIdentifier: Int32)]? in
            if state.handling == thread { return [] }
            if state.handling != 0 { return nil }
            defer { state.waiting = [] }
            if !state.waiting.isEmpty { state.handling = thread }
            return state.waiting
        }
        guard !batch.isEmpty else { return }
        for notice in batch { companions.deliver(notice.payload, from: notice.processIdentifier) }
        state.update(waking: .all) { $0.handling = 0 }
    }
}
