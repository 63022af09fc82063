// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Glibc

/// Runs other programs for end-to-end tests.
///
/// The program leads a session and a process group of its own, so a signal can be sent to all of it as a
/// terminal does for Ctrl-C. It gets no descriptor but the three standard ones, and all signals are unblocked
/// and at their defaults. It is killed at its deadline, and when its handle goes away.
public enum Program {
    /// What the program reads.
    public enum Input: Sendable {
        /// `/dev/null`
        case nothing
        /// These bytes, then the end of the file.
        case bytes([UInt8])
        /// These characters as UTF-8, then the end of the file.
        case text(String)
        /// What ``RunningProgram/write(_:)`` gives, until ``RunningProgram/closeStandardInput()``.
        case open
        /// A terminal that controls the program's session: what ``RunningProgram/write(_:)`` gives is typed at it, and
        /// Ctrl-C (the byte 3) becomes SIGINT for its foreground group, which is the program's.
        case terminal
    }

    /// Where the program writes.
    public enum Output: Sendable, Equatable {
        /// A pipe whose bytes are collected.
        case collected
        /// A terminal (80 × 24) whose bytes are collected; the program sees `isatty`.
        case terminal
        /// A file such as `/dev/full`, opened for writing; nothing is collected.
        case file(String)
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name that is looked up in `PATH`.
    ///   - environment: what differs from this process's environment; `nil` takes a variable away.
    ///   - deadline: after it the whole session is killed and ``ProgramError/deadlineExceeded(_:)`` thrown.
    public static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        standardInput: Input = .nothing, standardOutput: Output = .collected, standardError: Output = .collected,
        workingDirectory: String? = nil, deadline: Duration = .seconds(60)
    ) async throws(ProgramError) -> ProgramResult {
        let program = try start(
            executable, arguments, environment: environment, standardInput: standardInput,
            standardOutput: standardOutput, standardError: standardError,
            workingDirectory: workingDirectory, deadline: deadline)
        return try await program.wait()
    }

    /// Starts a program and returns while it runs. Keep the handle: without it the program is killed.
    public static func start(
        _ executable: String, _ arguments: [String] = [], environment: [String: String?] = [:],
        standardInput: Input = .nothing, standardOutput: Output = .collected, standardError: Output = .collected,
        workingDirectory: String? = nil, deadline: Duration = .seconds(60)
    ) throws(ProgramError) -> RunningProgram {
        let streams = try ProgramStreams(standardInput, standardOutput, standardError)
        let identifier: pid_t
        do {
            identifier = try Spawn.program(executable, arguments, environment, workingDirectory, streams)
        } catch {
            streams.closeAll()
            throw error
        }
        Sessions.add(identifier)
        streams.closeTheirs()
        let pending: [UInt8] =
            switch standardInput {
            case .nothing, .open, .terminal: []
            case .bytes(let bytes): bytes
            case .text(let text): Array(text.utf8)
            }
        let keepsInputOpen =
            switch standardInput {
            case .open, .terminal: true
            case .nothing, .bytes, .text: false
            }
        let core = ProgramCore(
            identifier, streams.ours, pendingInput: pending, keepsInputOpen: keepsInputOpen, deadline: deadline)
        core.begin()
        return RunningProgram(core)
    }

    /// All processes below a process, for tests that look for workers.
    public static func descendants(of processIdentifier: pid_t) -> [ProcessEntry] {
        ProcessTable.descendants(of: processIdentifier)
    }
}
