// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What is known of a process that ended before its work did.
///
/// Its `description` is made for people and reads on one screen.
public struct CrashReport: Sendable, Hashable, CustomStringConvertible {
    /// The type of the work that was running, fully qualified; nil if the worker had none.
    public let workType: String?

    /// The work that was running, in words: its type and a short description of the value.
    public let work: String

    /// How often the work had been handed to a worker by then, this time included.
    public let attempt: Int

    /// The process, whose number may be in use again.
    public let processIdentifier: Int32

    /// How it ended.
    public let status: ExitStatus

    /// Whether the system wrote a core file.
    public let dumpedCore: Bool

    /// What a trap of Swift said, with its file and line if it named them; found in `standardErrorTail`, and nil
    /// when nothing of the kind is there or the process did not end by a crash.
    ///
    /// Release builds print nothing for a failed precondition, an index out of range or an overflow: only `fatalError`,
    /// failed casts and errors that nobody catches speak there.
    public let trapMessage: String?

    /// The last bytes (at most 16 KiB) that it wrote to standard error. Empty under `WorkerOutput.inherited`.
    public let standardErrorTail: String

    /// How long the work had run, if it is known: of a `ChildProcess` since its start.
    public let ran: Duration?

    /// Processor time that the process spent in its own code, in all its life; zero if not known.
    public let userTime: Duration

    /// Processor time that the system spent for it, in all its life; zero if not known.
    public let systemTime: Duration

    /// The largest amount of memory that it had at any time, in bytes, zero if not known.
    public let peakMemory: Int

    /// Where it crashed, if it did so by a signal of its own making: a trap, an invalid access, `abort`. See
    /// `WorkerSettings.recordsBacktraces` for when there is none.
    public let backtrace: Backtrace?

    init(
        work: WorkName?, attempt: Int = 1, ran: Duration? = nil, processIdentifier: Int32, record: ExitRecord,
        lastWords: LastWords
    ) {
        workType = work?.type
        self.work = work?.text ?? "nothing"
        self.attempt = attempt
        self.ran = ran
        self.processIdentifier = processIdentifier
        status = ExitStatus(record)
        dumpedCore = record.dumpedCore
        standardErrorTail = String(decoding: lastWords.tail, as: UTF8.self)
        trapMessage = status.mayBeCrash ? TrapMessage.last(in: standardErrorTail) : nil
        backtrace = status.mayBeCrash ? lastWords.backtrace : nil
        userTime = .microseconds(record.userMicroseconds)
        systemTime = .microseconds(record.systemMicroseconds)
        peakMemory = Int(record.peakMemoryBytes)
    }

    /// Processor time that it used in all, zero if not known.
    public var processorTime: Duration { userTime + systemTime }
}

extension ExitStatus {
    /// Whether the process may have ended by what its own code did.
    fileprivate var mayBeCrash: Bool {
        switch self {
        case .exited: false
        case .signaled(let signal): Signal.crashes.contains(signal)
        case .unobserved: true
        }
    }
}

/// What Swift's runtime says before it ends a process.
enum TrapMessage {
    private static let signs = [
        "Fatal error", "Precondition failed", "Assertion failed", "Swift runtime failure: ",
        "Fatal access conflict detected", "Could not cast value of type",
    ]

    /// The last such line.
    static func last(in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline)
        guard let line = lines.last(where: { line in signs.contains { line.contains($0) } }) else { return nil }
        // The language's backtracer frames what it says by stars.
        return String(line.drop { $0 == "*" || $0 == " " }.trimmingSuffix { $0 == "*" || $0 == " " })
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while isUnwanted: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isUnwanted(last) { rest.removeLast() }
        return rest
    }
}
