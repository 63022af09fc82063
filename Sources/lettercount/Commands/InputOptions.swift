// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CorpusServer
import Documents
import Multiprocessing

/// What is to be counted, and how it is got: the same for every command that counts.
struct InputOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "URLs, rfc:1000-1019, files, folders, @list.txt, or - for standard input (default: twenty documents from "
                + "a server inside this program; worker reads a list, @-).", valueName: "source"))
    var sources: [String] = []

    @Option(help: ArgumentHelp("Take only those files of a folder that match; may be repeated.", valueName: "glob"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Leave out those files and folders that match; may be repeated.", valueName: "glob"))
    var exclude: [String] = []

    @Flag(
        name: [.customShort("0"), .customLong("null")], help: "Lists (@list, @-) have a zero byte behind each source.")
    var isZeroSeparated = false

    @Option(
        help: ArgumentHelp(
            "Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor's site).",
            valueName: "url"))
    var rfcBase: String?

    @Option(help: ArgumentHelp("Time limit for one answer of a web server.", valueName: "seconds"))
    var timeout: Double = 60

    @Option(help: "How often a document is tried again after a passing failure or a worker's death.")
    var retries: Int = 3

    @Option(
        help: ArgumentHelp(
            "Refuse larger documents (default: 1 GiB from the web, no limit for files).", valueName: "bytes"))
    var maxBytes: UInt64?

    func validate() throws {
        try Ranges.require(timeout > 0 && timeout <= 31_536_000, "--timeout", "seconds greater than 0, at most a year")
        try Ranges.require((0...100).contains(retries), "--retries", "0 to 100")
        try Ranges.require(maxBytes != 0, "--max-bytes", "at least 1")
    }

    var limits: ReadLimits {
        ReadLimits(
            timeout: timeout, connectTimeout: min(10, timeout), retries: retries, maximumBytes: maxBytes)
    }

    /// - Parameters:
    ///   - standard: The sources if none are given; if there are none here either, the built-in server.
    ///   - acceptsMissing: Whether what is not there fails like any other document.
    /// - Throws: `Refusal` for what is no source, and for input that is not there.
    func input(
        _ environment: (String) -> String? = Environment.value, default standard: [String] = [],
        acceptsMissing: Bool = false
    ) throws(Refusal) -> CountPlan.Input {
        let sources = sources.isEmpty ? standard : sources
        if sources.isEmpty {
            // They would silently mean nothing.
            if include.isEmpty, exclude.isEmpty { return .embeddedServer(GeneratedCorpus()) }
            throw Refusal(.usage, "--include and --exclude need a folder to look into.")
        }
        let base = rfcBase ?? environment("LETTERCOUNT_RFC_BASE").flatMap { $0.isEmpty ? nil : $0 }
        let options = SourceOptions(
            rfcBase: base ?? SourceOptions.defaultRFCBase, includes: include, excludes: exclude,
            listSeparator: isZeroSeparated ? .zeroByte : .newline, acceptsMissing: acceptsMissing)
        do throws(SourceError) {
            return .sources(try SourceList(parsing: sources, options: options))
        } catch {
            switch error {
            case .malformed: throw Refusal(.usage, error.description)
            case .noSuchInput: throw Refusal(.noInput, error.description)
            }
        }
    }
}

/// Values that have to be within a range.
enum Ranges {
    static func require(_ condition: Bool, _ option: String, _ range: String) throws {
        if !condition { throw ValidationError("The value of \(option) is out of its range: \(range).") }
    }
}
