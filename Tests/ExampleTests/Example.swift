// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

/// The programs in `Examples/`, as a reader runs them.
enum Example {
    /// One folder each.
    static let names = TestFile.names(in: packageRoot + "/Examples").filter { !$0.contains(".") }

    /// What each has written; several tests look at one run, and they come one at a time.
    private static let outputs = Mutex<[String: [String]]>([:])

    /// Runs it, reading from a pipe; it must end well. What it has written, line by line.
    static func lines(of name: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [String] {
        if let lines = outputs.withLock({ $0[name] }) { return lines }
        let result = try await Program.run(
            BuiltProducts.path(of: "example-" + name), standardInput: .text("hello\n"))
        try #require(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        let lines = result.standardOutput.split(separator: "\n").map(String.init)
        outputs.withLock { $0[name] = lines }
        return lines
    }

    /// What `Examples/README.md` shows below the program's command.
    static func shownLines(of name: String) throws -> [String] {
        let lines = try TestFile.text(packageRoot + "/Examples/README.md").split(separator: "\n").map(String.init)
        let command = try #require(
            lines.firstIndex { $0.hasPrefix("$ ") && $0.split(separator: " ").contains("example-\(name)") })
        return Array(lines[(command + 1)...].prefix { $0 != "```" })
    }
}

extension StringProtocol {
    /// The whole numbers in it, in their order.
    var numbers: [Int] { split { !$0.isASCII || !$0.isNumber }.compactMap { Int($0) } }

    /// It without what differs from run to run and from machine to machine.
    var shape: String {
        var text = ""
        // Each number is a zero, each gap one blank.
        for character in self {
            let next: Character = character.isNumber ? "0" : character
            if next != text.last || next != "0" && next != " " { text.append(next) }
        }
        // The processor's way to stop; a release build has no last words; the race may have been lucky.
        for (varying, constant) in [
            ("SIGTRAP", "SIGILL"), ("; its last words:", ""), ("No update was lost this time.", "0 updates were lost."),
        ] { text.replace(varying, with: constant) }
        return text
    }
}
