// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc
import Synchronization

/// SIGINT and SIGTERM as an event that any number of tasks can be told of at the same time.
///
/// Rules:
/// 1. Signals are taken while somebody wants to be told, and given back with the last one.
/// 2. The first signal tells everybody, those who come later too; after it both have their default action, which
///    ends the process. That is decided in the handler itself: it holds even if no thread of ours gets to run.
/// 3. The one descriptor is made at first use and kept: a handler that another thread is in must find it open.
enum InterruptHandling {
    fileprivate struct State {
        var event: DescriptorHandle?
        var users = 0
    }

    fileprivate static let state = Mutex(State())

    /// Takes the signals if nobody has. Each call needs one of `end()`.
    static func begin() throws(SystemError) {
        let result = state.withLock { state in
            Result { () throws(SystemError) in
                // `??` would lose the error's type.
                let event = if let event = state.event { event } else { try makeEvent() }
                state.event = event
                if state.users == 0 { take(event) }
                state.users += 1
            }
        }
        try result.get()
    }

    /// Ends what `begin` has begun; the signal that came first in the meantime, if any did.
    static func end() -> Int32? {
        state.withLock { state in
            state.users -= 1
            if state.users == 0 { mp_return_interruptions() }
            return firstSignal
        }
    }

    fileprivate static var firstSignal: Int32? {
        let signal = mp_first_interruption()
        return signal == 0 ? nil : signal
    }

    private static func take(_ event: DescriptorHandle) {
        var count: eventfd_t = 0
        // Writes one integer: what an earlier signal has left.
        unsafe eventfd_read(event.number, &count)
        mp_take_interruptions(event.number)
    }

    private static func makeEvent() throws(SystemError) -> DescriptorHandle {
        let flags = Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK)
        return DescriptorHandle(Descriptor(owning: try SystemCall.value("make an eventfd") { eventfd(0, flags) }))
    }
}

extension InterruptHandling {
    /// One who is told of the first signal, at once if it has come: once, from a thread of the library's, so that it
    /// does not depend on a free thread of the cooperative pool. To be made and ended between `begin` and `end`.
    final class Listener: Sendable {
        private enum State {
            case listening(Watch?)
            case over
        }

        private let state = Mutex(State.listening(nil))
        private let callback: @Sendable () -> Void

        init(_ callback: @escaping @Sendable () -> Void) {
            self.callback = callback
            listen()
        }

        private func listen() {
            // Nobody reads the event while there are users: it stays ready for those who come later.
            let event = InterruptHandling.state.withLock { $0.event }
            let watch = DescriptorWatcher.watch(event, for: .reading, until: .never) { [self] in look() }
            let isOver = state.withLock { state in
                if case .over = state { return true }
                state = .listening(watch)
                return false
            }
            if isOver { watch.cancel() }
        }

        /// A watcher that is short of descriptors calls without a reason.
        private func look() {
            if case .over = state.withLock({ $0 }) { return }
            if InterruptHandling.firstSignal == nil { return listen() }
            end()
            callback()
        }

        func end() {
            let before = state.withLock { state in
                defer { state = .over }
                return state
            }
            if case .listening(let watch?) = before { watch.cancel() }
        }
    }
}
