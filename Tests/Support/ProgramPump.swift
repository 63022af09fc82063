// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// The thread that moves a program's input and output, until it has ended and all of its output is read.
struct ProgramPump {
    private let core: ProgramCore
    private var input: Int32
    private var output: Int32
    private var error: Int32
    private var endSeen: ContinuousClock.Instant?
    private var killed = false

    init(core: ProgramCore) {
        self.core = core
        input = core.streams.input
        output = core.streams.output
        error = core.streams.error
    }

    /// How long the output may stay open after the end, in case another process holds it.
    private static let patience = Duration.seconds(1)

    mutating func run() {
        blockBrokenPipeSignal()
        while !isDone { turn() }
        finish()
    }

    private var isDone: Bool {
        guard let endSeen else { return false }
        return output < 0 && error < 0 || ContinuousClock.now > endSeen.advanced(by: Self.patience)
    }

    private mutating func turn() {
        let writes = wantsToWrite()
        var polls = [
            pollfd(fd: core.wake.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output, events: Int16(POLLIN), revents: 0),
            pollfd(fd: error, events: Int16(POLLIN), revents: 0),
            // Without anything to write the pipe would be ready all the time.
            pollfd(fd: writes ? input : -1, events: Int16(POLLOUT), revents: 0),
        ]
        // Rounded up, so that the deadline has passed when the poll is over.
        _ = unsafe poll(&polls, nfds_t(polls.count), Int32(timeout / .milliseconds(1)) + 1)
        if polls[0].revents != 0 { _ = Self.bytes(from: core.wake.read) }
        if polls[1].revents != 0 { collect(.standardOutput) }
        if polls[2].revents != 0 { collect(.standardError) }
        if polls[3].revents != 0 { writeInput() }
        obey()
    }

    private var timeout: Duration {
        let now = ContinuousClock.now
        if let endSeen { return max(.zero, now.duration(to: endSeen.advanced(by: Self.patience))) }
        return killed ? Self.patience : max(.zero, now.duration(to: core.deadline))
    }

    /// Looks at what others have asked for or found out.
    private mutating func obey() {
        let (hasEnded, closesOutput) = core.state.withLock { ($0.hasEnded, $0.wantsOutputClosed) }
        if hasEnded && endSeen == nil { endSeen = .now }
        if closesOutput { Self.close(&output) }
        if !hasEnded && !killed && ContinuousClock.now >= core.deadline {
            killed = true
            core.state.withLock { $0.missedDeadline = true }
            core.killSession()
        }
    }

    private mutating func collect(_ stream: RunningProgram.Stream) {
        let chunk = Self.bytes(from: stream == .standardOutput ? output : error)
        core.change { state in
            if stream == .standardOutput {
                state.result.standardOutputBytes += chunk
                state.outputLines.append(chunk)
            } else {
                state.result.standardErrorBytes += chunk
                state.errorLines.append(chunk)
            }
        }
        guard chunk.isEmpty else { return }
        if stream == .standardOutput { Self.close(&output) } else { Self.close(&error) }
    }

    private mutating func wantsToWrite() -> Bool {
        let (isEmpty, keepsOpen) = core.state.withLock { ($0.pendingInput.isEmpty, $0.keepsInputOpen) }
        if isEmpty && !keepsOpen { Self.close(&input) }
        return !isEmpty && input >= 0
    }

    private mutating func writeInput() {
        let input = input
        var failed = false
        core.state.withLock { state in
            let written = unsafe state.pendingInput.withUnsafeBytes {
                unsafe Glibc.write(input, $0.baseAddress, $0.count)
            }
            if written > 0 { state.pendingInput = state.pendingInput.dropFirst(written) }
            failed = written < 0 && errno != EAGAIN
        }
        // A program that does not read its input to the end is not this thread's trouble.
        if failed { Self.close(&self.input) }
    }

    private mutating func finish() {
        let stayedOpen = output >= 0 || error >= 0
        Self.close(&input)
        Self.close(&output)
        Self.close(&error)
        let core = core
        core.change { state in
            state.result.outputStayedOpen = stayedOpen
            state.outputLines.finish()
            state.errorLines.finish()
            // Under the lock that ``ProgramCore/wakePump()`` takes, so that nobody writes to a number given away.
            Glibc.close(core.wake.read)
            Glibc.close(core.wake.write)
            state.isFinished = true
        }
    }

    /// What can be read now; empty at the end, which a terminal reports as an error.
    private static func bytes(from descriptor: Int32) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            unsafe count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }

    /// Writing to a program that has gone must be an error here, not this process's death.
    private func blockBrokenPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
