// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The reactor with which children are awaited that belong to no pool. Its thread lives while somebody waits.
enum SharedReactor {
    private struct State {
        var reactor: Reactor?
        var borrowers = 0
    }

    private static let state = Mutex(State())

    /// The running reactor, or nil when the system has no descriptor or thread left. Always followed by one `giveBack`.
    static func borrow() -> Reactor? {
        state.withLock { state in
            state.borrowers += 1
            if state.reactor == nil, let new = try? Reactor(), (try? new.startThread(named: "mp.children")) != nil {
                state.reactor = new
            }
            return state.reactor
        }
    }

    /// May be called from one of its own handlers, so it does not wait for the thread's end.
    static func giveBack() {
        let last = state.withLock { state -> Reactor? in
            state.borrowers -= 1
            guard state.borrowers == 0 else { return nil }
            defer { state.reactor = nil }
            return state.reactor
        }
        last?.stop()
    }
}
