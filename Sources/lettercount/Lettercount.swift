// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Multiprocessing

/// `lettercount`: understand what was typed, and do it.
///
/// `main` is synchronous on purpose: a command that forks does so on a process that has one thread, and neither
/// an event loop nor a Swift task exists before. The commands start the asynchronous part when they are ready for it.
@main
struct Lettercount: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "lettercount",
        abstract: "Counts the letters of documents: one after the other, with threads, or with processes.",
        version: version,
        subcommands: [
            Count.self, Compare.self, Scale.self, Serve.self, WorkerCommand.self, Merge.self, Spark.self, Slurm.self,
        ],
        defaultSubcommand: Count.self)

    static func main() {
        do {
            var command = try parsed()
            try command.run()
        } catch {
            leave(because: error)
        }
    }

    private static func parsed() throws -> any ParsableCommand {
        let typed = Array(CommandLine.arguments.dropFirst())
        // Who asks for help on nothing in particular is looking for the options of the command that needs no name.
        let asksForHelp = [["--help"], ["-h"], ["help"]].contains(typed)
        return try parseAsRoot(asksForHelp ? ["count", "--help"] : typed)
    }

    /// The end of a command that was refused, failed, or only asked for help.
    private static func leave(because error: any Error) -> Never {
        if let refusal = error as? Refusal {
            StandardStream.error.write("lettercount: \(refusal.message)\n")
            refusal.ending.leave()
        }
        // The parser's own: help and the version belong on standard output, what was wrong on standard error.
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        ResultDestination.write(text.isEmpty ? "" : text + "\n", to: code.isSuccess ? .output : .error)
        ProgramEnd.exit(code.rawValue)
    }
}
