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
        startServerEarly(for: typed)
        if let count = countAlone(typed) { return count }
        // Who asks for help on nothing in particular is looking for the options of the command that needs no name.
        let asksForHelp = [["--help"], ["-h"], ["help"]].contains(typed)
        return try parseAsRoot(asksForHelp ? ["count", "--help"] : typed)
    }

    /// The fork server takes as long to begin as it takes to understand what was typed: both at the same time, if it looks as if it
    /// were going to be needed. One that is not ends as soon as this process does.
    private static func startServerEarly(for typed: [String]) {
        let (model, method) = (ExecutionModel.processes.rawValue, "--start-method")
        guard typed.contains(where: { $0 == model || $0.hasSuffix("=" + model) }),
            !typed.contains(where: { $0.hasPrefix(method) }), typed.first == "count" || !isCommand(typed.first)
        else { return }
        // Whoever needs it is told why it could not be started.
        try? ForkServer.start()
    }

    /// The command that needs no name, if that is what was typed, and rightly.
    ///
    /// By itself it is understood in a third of the time that it takes together with all the others, which is a millisecond and a
    /// half of every start. What is wrong with it is told as one of them.
    private static func countAlone(_ typed: [String]) -> Count? {
        var arguments = typed[...]
        if arguments.first == "count" { arguments.removeFirst() } else if isCommand(typed.first) { return nil }
        return arguments.first == "help" ? nil : try? Count.parse(Array(arguments))
    }

    /// Most words are seen not to be one before the commands are asked for their names.
    private static func isCommand(_ word: String?) -> Bool {
        guard let word, word.utf8.allSatisfy((UInt8(ascii: "a")...UInt8(ascii: "z")).contains) else { return false }
        return configuration.subcommands.contains { $0._commandName == word }
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
