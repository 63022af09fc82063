// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Where the result goes. Every write is checked: a result that did not arrive is no success.
enum ResultDestination: Sendable {
    case standardOutput
    case file(OutputFile)

    /// What `--output` says: a file, or nothing.
    init(output: String?) { self = output.map { .file(OutputFile($0)) } ?? .standardOutput }

    /// Finds out before the counting whether the result could be written at all.
    func check() throws(Refusal) {
        guard case .file(let file) = self else { return }
        do throws(SystemError) { try file.check() } catch { throw Refusal(.outputFailed, error.description) }
    }

    /// Writes all of it, or ends the program.
    func write(_ text: String) {
        switch self {
        case .standardOutput: Self.write(text, to: .output)
        case .file(let file):
            do { try file.write(Array(text.utf8)) } catch { Self.end(because: error) }
        }
    }

    /// The same to a standard stream.
    static func write(_ text: String, to stream: StandardStream) {
        do {
            try stream.writeAll(Array(text.utf8))
        } catch {
            let name = stream == .output ? "standard output" : "standard error"
            end(because: error.whenAsked(to: "write to \(name)"))
        }
    }

    private static func end(because error: SystemError) -> Never {
        if error.isBrokenPipe { ProgramEnd.endBecauseReaderHasGone() }
        StandardStream.error.write("lettercount: \(error)\n")
        Ending.outputFailed.leave()
    }
}
