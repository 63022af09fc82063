// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Waits for a child's end, once, for everybody who asks.
final class ChildProcessStorage: Sendable {
    struct End: Sendable {
        var reply: WorkReply?
        var record = ExitRecord()
        var standardErrorTail: [UInt8] = []
    }

    private struct State: Sendable {
        var isAttached = false
        var reply: WorkReply?
        var end: End?
        var waiters: [CheckedContinuation<End, Never>] = []
    }

    let link: WorkerLink
    let work: @Sendable () -> String
    private let state = Monitor(State())

    init(link: WorkerLink, work: @escaping @Sendable () -> String) {
        self.link = link
        self.work = work
    }

    /// Waits without holding a thread.
    func end() async -> End {
        await withCheckedContinuation { continuation in
            let end = state.update { state -> End? in
                if state.end == nil { state.waiters.append(continuation) }
                return state.end
            }
            if let end {
                continuation.resume(returning: end)
            } else if isFirst() {
                attach(to: SharedReactor.borrow()) { SharedReactor.giveBack() }
            }
        }
    }

    /// Waits on the calling thread, which turns a reactor of its own unless another one is at it already.
    func waitForEnd() -> End {
        if isFirst() {
            let reactor = try? Reactor()
            attach(to: reactor) {}
            while state.update({ $0.end == nil }) { reactor?.turn() }
        }
        return state.wait { $0.end }
    }

    private func isFirst() -> Bool {
        state.update { state in
            defer { state.isAttached = true }
            return !state.isAttached
        }
    }

    private func attach(to reactor: Reactor?, whenEnded: @escaping @Sendable () -> Void) {
        // The handler keeps this storage, and so the link, until the end has come.
        let handler: @Sendable (WorkerLink.Event) -> Void = { [self] event in
            switch event {
            case .frame(let kind, let payload): state.update { $0.reply = WorkReply(kind: kind, payload: payload) }
            case .ended(let record, let tail):
                settle(End(reply: state.update { $0.reply }, record: record, standardErrorTail: tail))
                whenEnded()
            }
        }
        do {
            guard let reactor else { throw SystemError("wait for a child", code: 24) }
            try link.attach(to: reactor, handler)
        } catch {
            // Not even a descriptor to wait with: end the child rather than wait for ever.
            link.signal(Signal.kill)
            settle(End(record: link.process.reap(blocking: true) ?? ExitRecord()))
            whenEnded()
        }
    }

    private func settle(_ end: End) {
        let waiters = state.update(waking: .all) { state in
            state.end = end
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: end) }
    }
}
