// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Multiprocessing

/// Something bad that happens at one step of a work's way to a worker and back.
public struct Mishap: Codable, Sendable, Hashable, CustomStringConvertible {
    public enum Step: String, Codable, CaseIterable, Sendable {
        case encodingWork, decodingWork, running, encodingOutput, decodingOutput
    }

    /// An error, two ways to end the process by itself, and four to be ended.
    public enum Way: String, Codable, CaseIterable, Sendable {
        case error, exit, immediateExit, segmentationFault, abort, trap, kill

        /// How a process ends that goes this way; nil for an error. A trap is SIGILL on x86-64 and SIGTRAP on arm64.
        var statuses: [ExitStatus]? {
            switch self {
            case .error: nil
            case .exit: [.exited(7)]
            case .immediateExit: [.exited(0)]
            case .segmentationFault: [.signaled(SIGSEGV)]
            case .abort: [.signaled(SIGABRT)]
            case .trap: [.signaled(SIGILL), .signaled(SIGTRAP)]
            case .kill: [.signaled(SIGKILL)]
            }
        }
    }

    public var step: Step
    public var way: Way

    public init(_ way: Way, while step: Step) {
        self.step = step
        self.way = way
    }

    public var description: String { "\(way.rawValue) while \(step.rawValue)" }

    func happens(at steps: Step...) throws {
        guard steps.contains(step) else { return }
        switch way {
        case .error: throw Oops(detail: "\(self)")
        case .exit: exit(7)
        case .immediateExit: _exit(0)
        case .segmentationFault:
            // Nothing is mapped at the first page: the write is what is to fail.
            unsafe UnsafeMutablePointer<Int>(bitPattern: 64)?.pointee = 1
        case .abort: abort()
        case .trap: fatalError("a mishap by a trap")
        case .kill: Glibc.kill(getpid(), SIGKILL)
        }
    }
}

/// A value to which a mishap may happen when it becomes bytes or is made of them; as a part of a work, or as its output.
public struct Delicate: Codable, Sendable {
    var number: Int
    var mishap: Mishap?
    // Holds a reference, or the value would travel as its bytes and never meet a coder.
    private var text = ""

    init(number: Int, mishap: Mishap? = nil) {
        self.number = number
        self.mishap = mishap
    }

    public init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        number = try container.decode(Int.self)
        mishap = try container.decode(Mishap?.self)
        try mishap?.happens(at: .decodingWork, .decodingOutput)
    }

    public func encode(to encoder: any Encoder) throws {
        try mishap?.happens(at: .encodingWork, .encodingOutput)
        var container = encoder.unkeyedContainer()
        try container.encode(number)
        try container.encode(mishap)
    }
}

/// Answers its number, unless it meets its mishap on the way.
public struct MeetingMishap: Work {
    var input: Delicate
    /// What the output is to meet.
    var later: Mishap?

    public init(number: Int = 0, _ mishap: Mishap? = nil) {
        let isLater = mishap?.step == .encodingOutput || mishap?.step == .decodingOutput
        input = Delicate(number: number, mishap: isLater ? nil : mishap)
        later = isLater ? mishap : nil
    }

    public func run() throws -> Delicate {
        try input.mishap?.happens(at: .running)
        return Delicate(number: input.number, mishap: later)
    }
}

/// Throws unless the failure is the mishap's: its type, its text, and for a death the status.
func requireFailure(
    _ failure: WorkFailure, isOf mishap: Mishap, file: String = #fileID, line: Int = #line
) throws(Violation) {
    let error: WorkError
    switch (mishap.step, failure) {
    case (_, .died(let report)):
        try require(
            mishap.way.statuses?.contains(report.status) ?? false, "\(mishap): \(report)", file: file, line: line)
        try require("\(failure)".contains("\(report.status)"), "no status: \(failure)", file: file, line: line)
        try require("\(failure)".contains("MeetingMishap"), "no work: \(failure)", file: file, line: line)
        return
    case (.encodingWork, .notEncoded(let found)), (.decodingWork, .notDecoded(let found)),
        (.running, .threw(let found)), (.encodingOutput, .outputNotEncoded(let found)),
        (.decodingOutput, .outputNotDecoded(let found)):
        error = found
    default: throw Violation("\(mishap): found \(failure)", file: file, line: line)
    }
    try requireEqual(mishap.way, .error, file: file, line: line)
    try requireEqual(error.typeName, "Contracts.Oops", file: file, line: line)
    try requireEqual(error.text, "oops, \(mishap)", file: file, line: line)
    try require("\(failure)".contains(error.text), "no text: \(failure)", file: file, line: line)
}
