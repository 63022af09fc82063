// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How a program ended and what it wrote.
public struct ProgramResult: Sendable {
    /// How it ended.
    public enum Status: Sendable, Equatable {
        case exited(Int32)
        case signaled(Int32)
    }

    public internal(set) var status: Status
    public internal(set) var standardOutputBytes: [UInt8] = []
    public internal(set) var standardErrorBytes: [UInt8] = []

    /// The peak of the largest process among it and the children it waited for.
    ///
    /// An upper bound: the kernel counts what this test process held at the moment of starting it.
    public internal(set) var maximumResidentBytes = 0
    public internal(set) var processorTime = Duration.zero
    public internal(set) var elapsed = Duration.zero

    /// Whether something still held its output one second after it had ended: a process that stayed behind.
    public internal(set) var outputStayedOpen = false

    public var standardOutput: String { String(decoding: standardOutputBytes, as: UTF8.self) }
    public var standardError: String { String(decoding: standardErrorBytes, as: UTF8.self) }
}

/// Why a program could not be run as a test asked.
public enum ProgramError: Error, CustomStringConvertible {
    /// It could not be started.
    case cannotStart(String, reason: String)
    /// It was killed at its deadline; what it had written until then.
    case deadlineExceeded(ProgramResult)
    /// It ended before it wrote the text that was waited for.
    case endedBeforeLine(containing: String, ProgramResult)

    public var description: String {
        switch self {
        case .cannotStart(let executable, let reason):
            "cannot start \(executable): \(reason)"
        case .deadlineExceeded(let result):
            "killed at its deadline after \(result.elapsed); it wrote\n\(Self.tail(of: result))"
        case .endedBeforeLine(let text, let result):
            "ended (\(result.status)) before a line contained “\(text)”; it wrote\n\(Self.tail(of: result))"
        }
    }

    private static func tail(of result: ProgramResult) -> String {
        "output: …\(result.standardOutput.suffix(1_000))\nerrors: …\(result.standardError.suffix(1_000))"
    }
}
