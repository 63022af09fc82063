// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What is known of a running program, shared by its handle and the two threads that serve it.
final class ProgramCore: Sendable {
    /// Looks at the state; when it finds what it waits for, it returns what is then to be done.
    typealias Waiter = @Sendable (State) -> (@Sendable () -> Void)?

    struct State {
        var result = ProgramResult(status: .exited(0))
        var hasEnded = false
        var isFinished = false
        var missedDeadline = false
        var pendingInput: ArraySlice<UInt8>
        var keepsInputOpen: Bool
        var wantsOutputClosed = false
        var outputLines = LineSplitter()
        var errorLines = LineSplitter()
        var waiters: [Waiter] = []
    }

    let identifier: pid_t
    let streams: ProgramStreams.Ours
    let began = ContinuousClock.now
    let deadline: ContinuousClock.Instant
    let wake: (read: Int32, write: Int32)
    let state: Mutex<State>

    init(
        _ identifier: pid_t, _ streams: ProgramStreams.Ours, pendingInput: [UInt8], keepsInputOpen: Bool,
        deadline: Duration
    ) {
        self.identifier = identifier
        self.streams = streams
        self.deadline = began.advanced(by: deadline)
        // Without this pipe no thread could be told anything: a test cannot go on.
        do { wake = try ProgramStreams.pipe() } catch { fatalError("\(error)") }
        state = Mutex(State(pendingInput: pendingInput[...], keepsInputOpen: keepsInputOpen))
    }

    /// Starts both threads; they own the core until the program is finished.
    func begin() {
        startThread { self.reap() }
        startThread {
            var pump = ProgramPump(core: self)
            pump.run()
        }
    }

    /// Changes the state, then lets those go on who waited for what it now is.
    func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state -> [@Sendable () -> Void] in
            body(&state)
            var ready: [@Sendable () -> Void] = []
            var remaining: [Waiter] = []
            for waiter in state.waiters {
                if let action = waiter(state) { ready.append(action) } else { remaining.append(waiter) }
            }
            state.waiters = remaining
            return ready
        }
        for action in ready { action() }
    }

    /// Waits until `probe` finds in the state what it looks for.
    func first<Value: Sendable>(_ probe: @escaping @Sendable (State) -> Value?) async -> Value {
        await withCheckedContinuation { (continuation: CheckedContinuation<Value, Never>) in
            let waiter: Waiter = { state in
                guard let value = probe(state) else { return nil }
                return { continuation.resume(returning: value) }
            }
            change { $0.waiters.append(waiter) }
        }
    }

    /// Tells the pump that something other than a stream has changed.
    func wakePump() {
        state.withLock { state in
            // After the end the pipe is closed and its number may belong to somebody else.
            if state.isFinished { return }
            _ = unsafe write(wake.write, [UInt8(0)], 1)
        }
    }

    /// Sends a signal; nothing happens when the program has ended, whose number may be another's by now.
    func send(_ signal: Int32, toGroup: Bool) {
        state.withLock { state in
            if !state.hasEnded { _ = kill(toGroup ? -identifier : identifier, signal) }
        }
    }

    /// Kills the program and all that it left in its session.
    func killSession() {
        send(SIGKILL, toGroup: true)
        for member in Sessions.members(of: identifier) { kill(member.processIdentifier, SIGKILL) }
    }

    private func reap() {
        var information = unsafe siginfo_t()
        // The end is first only looked at: the process is taken away under the lock that guards its number.
        while unsafe waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        change { state in
            var status: Int32 = 0
            var usage = rusage()
            _ = unsafe wait4(identifier, &status, 0, &usage)
            state.hasEnded = true
            state.result.record(status, usage, began.duration(to: .now))
        }
        wakePump()
    }
}

extension ProgramResult {
    mutating func record(_ waitStatus: Int32, _ usage: rusage, _ elapsed: Duration) {
        let signal = waitStatus & 0x7f
        status = signal == 0 ? .exited(waitStatus >> 8 & 0xff) : .signaled(signal)
        maximumResidentBytes = usage.ru_maxrss * 1_024
        processorTime =
            .seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + .microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        self.elapsed = elapsed
    }
}
