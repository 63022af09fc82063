// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Calls a handler each time a descriptor is ready: the one place that waits for descriptors, without polling.
///
/// Either a thread of its own turns it (`startThread`, `stop`) or its owner does (`turn`). Handlers run one after
/// another, on the turning thread only.
final class Reactor: Sendable {
    typealias Token = UInt64

    private struct State {
        var handlers: [Token: @Sendable () -> Void] = [:]
        var lastToken: Token = 0
        var isStopping = false
        var alarm: Int64?
        var onAlarm: (@Sendable () -> Void)?
    }

    private let poll: EventPoll
    private let wakeUp: WakeUp
    private let state = Mutex(State())

    init() throws(SystemError) {
        poll = try EventPoll()
        wakeUp = try WakeUp()
        // Token 0 is the wake-up; real ones begin at 1.
        try poll.add(wakeUp.descriptor.number, token: 0, interest: .reading)
    }

    /// Watches a descriptor until its token is removed. The caller keeps it open for that long.
    func add(_ number: Int32, _ interest: Interest = .reading, _ handler: @escaping @Sendable () -> Void)
        throws(SystemError) -> Token
    {
        let token = state.withLock { state in
            state.lastToken += 1
            state.handlers[state.lastToken] = handler
            return state.lastToken
        }
        do {
            try poll.add(number, token: token, interest: interest)
        } catch {
            state.withLock { _ = $0.handlers.removeValue(forKey: token) }
            throw error
        }
        return token
    }

    func change(_ number: Int32, _ token: Token, to interest: Interest) {
        // Only ever for a descriptor that is in the set, where it cannot fail.
        try? poll.change(number, token: token, interest: interest)
    }

    /// Stops watching. A handler that is running, or that was reported in the same turn, may still be called once
    /// from another thread's point of view; on the turning thread itself it is not called again.
    func remove(_ number: Int32, _ token: Token) {
        poll.remove(number)
        state.withLock { _ = $0.handlers.removeValue(forKey: token) }
    }

    /// Waits once and calls the handlers of what is ready.
    func turn(milliseconds: Int32 = -1) {
        for token in poll.wait(milliseconds: milliseconds) {
            if token == 0 {
                wakeUp.clear()
                continue
            }
            // Looked up one by one: a handler may have removed a later one's token.
            state.withLock { $0.handlers[token] }?()
        }
    }

    // MARK: Alarms

    /// Has the thread call this when an alarm is due.
    func onAlarm(_ handler: @escaping @Sendable () -> Void) { state.withLock { $0.onAlarm = handler } }

    /// Sets the one alarm, in nanoseconds of the monotonic clock, unless an earlier one is set. It goes off once.
    func setAlarm(_ time: Int64) {
        let isEarlier = state.withLock { state in
            guard time < state.alarm ?? .max else { return false }
            state.alarm = time
            return true
        }
        if isEarlier { wakeUp.signal() }
    }

    private func turnUntilAlarm() {
        let alarm = state.withLock { $0.alarm }
        turn(milliseconds: alarm.map { Deadline(nanoseconds: $0).pollMilliseconds } ?? -1)
        guard let alarm, Deadline(nanoseconds: alarm).hasPassed else { return }
        let handler = state.withLock { state in
            state.alarm = nil
            return state.onAlarm
        }
        handler?()
    }

    func startThread(named name: String) throws(SystemError) {
        try NativeThread.start(named: name) { [self] in
            while !state.withLock({ $0.isStopping }) { turnUntilAlarm() }
            state.withLock { $0.onAlarm = nil }
        }
    }

    /// Has the thread end after the handler that runs, which may be the caller. Does not wait for it.
    func stop() {
        state.withLock { $0.isStopping = true }
        wakeUp.signal()
    }
}
