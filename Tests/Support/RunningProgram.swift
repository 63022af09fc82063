// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Glibc
import Synchronization

/// A program that was started and may still run. When the handle goes away, the program is killed.
public final class RunningProgram: Sendable {
    /// One of the two streams that a program writes.
    public enum Stream: Sendable { case standardOutput, standardError }

    /// Whom a signal reaches: the program alone, or its whole process group as with Ctrl-C at a terminal.
    public enum Recipient: Sendable { case program, group }

    private let core: ProgramCore

    init(_ core: ProgramCore) { self.core = core }

    deinit { if !core.state.withLock({ $0.isFinished }) { core.killSession() } }

    public var processIdentifier: pid_t { core.identifier }

    public var isRunning: Bool { core.state.withLock { !$0.hasEnded } }

    /// Sends a signal, if the program has not ended yet.
    public func send(signal: Int32, to recipient: Recipient = .program) {
        core.send(signal, toGroup: recipient == .group)
    }

    /// Writes to the program's input. Needs ``Program/Input/open``.
    public func write(_ bytes: some Sequence<UInt8>) {
        core.state.withLock { $0.pendingInput.append(contentsOf: bytes) }
        core.wakePump()
    }

    /// Ends the program's input after what was written so far.
    public func closeStandardInput() {
        core.state.withLock { $0.keepsInputOpen = false }
        core.wakePump()
    }

    /// Closes our end of its output: its next write meets a closed pipe.
    public func closeStandardOutput() {
        core.state.withLock { $0.wantsOutputClosed = true }
        core.wakePump()
    }

    /// The first line, among those written and those to come, that contains a text.
    @discardableResult
    public func line(
        containing text: String, on stream: Stream = .standardOutput
    ) async throws(ProgramError) -> String {
        let found: String?? = await core.first { state in
            let splitter = stream == .standardOutput ? state.outputLines : state.errorLines
            if let line = splitter.lines.first(where: { $0.contains(text) }) { return .some(line) }
            return splitter.isFinished ? .some(nil) : nil
        }
        if let line = found ?? nil { return line }
        throw .endedBeforeLine(containing: text, core.state.withLock { $0.result })
    }

    /// All lines from the first on, as they come; ends with the program.
    public func lines(of stream: Stream = .standardOutput) -> AsyncStream<String> {
        let next = Mutex(0)
        let core = core
        return AsyncStream {
            let index = next.withLock { index in
                defer { index += 1 }
                return index
            }
            let found: String?? = await core.first { state in
                let splitter = stream == .standardOutput ? state.outputLines : state.errorLines
                if index < splitter.lines.count { return .some(splitter.lines[index]) }
                return splitter.isFinished ? .some(nil) : nil
            }
            return found ?? nil
        }
    }

    /// Waits for the end of the program and of its output.
    public func wait() async throws(ProgramError) -> ProgramResult {
        let (result, missedDeadline) = await core.first { state in
            state.isFinished ? (state.result, state.missedDeadline) : nil
        }
        if missedDeadline { throw .deadlineExceeded(result) }
        return result
    }

    /// The processes of the program's session that run now, itself included; after its end, its orphans.
    ///
    /// Zombies do not count: an orphan's new parent is not ours, and takes its time.
    public func survivors() -> [ProcessEntry] {
        Sessions.members(of: core.identifier).filter { !$0.isZombie }
    }

    /// The same, when it is still so after some time; empty as soon as nothing runs any more.
    public func survivors(after patience: Duration) async -> [ProcessEntry] {
        await remaining(after: patience) { survivors() }
    }

    /// The peak of the program's own resident memory until now, or `nil` when it has ended.
    public func peakResidentBytes() -> Int? {
        guard let status = try? TestFile.text("/proc/\(core.identifier)/status") else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 * 1_024 }
    }
}
