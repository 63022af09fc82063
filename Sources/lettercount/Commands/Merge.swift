// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Documents
import LetterCounting
import Multiprocessing

/// `lettercount merge`: what was typed.
struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Add what workers have counted, in any order and number.",
        usage: "lettercount merge [<file> ...] [<options>]",
        discussion: """
            Reads the lines that lettercount worker, or merge itself, has written. The sum is the same in whatever order and groups \
            the lines are added. What is damaged, was counted twice, or as another interpretation of the text is refused, and so is \
            a report of shards of which one is missing; nothing is written then.

            EXAMPLES
              lettercount merge part-*.jsonl
              lettercount merge --format ndjson part-*.jsonl > sum.jsonl
              lettercount merge --documents 9400 < lines.jsonl
              lettercount merge --weight 0.6:news.jsonl --weight 0.4:chat.jsonl

            EXIT CODES
            \(Ending.table)
            """)

    @Argument(help: ArgumentHelp("Files with such lines, - for standard input (default).", valueName: "file"))
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "Mix by shares instead of adding counts: so many parts of this file; may be repeated.",
            valueName: "parts:file"))
    var weight: [Weight] = []

    @Option(help: ArgumentHelp("Refuse unless so many documents are there, failed ones among them.", valueName: "n"))
    var documents: Int?

    @Flag(help: "Report what is there, though shards are missing.")
    var allowMissing = false

    @Option(name: .shortAndLong, help: "How the result is written; ndjson is a line to be merged again.")
    var format: MergeFormat = .table

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write the result to a file, whole or not at all.", valueName: "file"))
    var output: String?

    /// So much of the letters of a file.
    struct Weight: Sendable, ExpressibleByArgument {
        let parts: Double
        let file: String

        init?(argument: String) {
            guard let colon = argument.firstIndex(of: ":"), let parts = Double(argument[..<colon]), parts > 0,
                parts <= 1e9, argument.index(after: colon) < argument.endIndex
            else { return nil }
            self.parts = parts
            file = String(argument[argument.index(after: colon)...])
        }
    }

    func validate() throws {
        if let documents { try Ranges.require(documents >= 0, "--documents", "0 or more") }
        if output?.isEmpty == true { throw ValidationError("--output needs the name of a file.") }
        if weight.isEmpty { return }
        if !files.isEmpty { throw ValidationError("With --weight each file needs one: --weight 0.5:\(files[0])") }
        if format == .ndjson { throw ValidationError("A mixture has no counts that could be merged again.") }
        if documents != nil { throw ValidationError("--documents is not for a mixture.") }
        if weight.count(where: { $0.file == "-" }) > 1 {
            throw ValidationError("Standard input can be read only once.")
        }
    }

    func run() throws {
        let destination = ResultDestination(output: output)
        try destination.check()
        let (text, ending) = try weight.isEmpty ? merged() : (mixed(), .success)
        destination.write(text)
        ending.leave()
    }

    private func merged() throws(Refusal) -> (text: String, ending: Ending) {
        var merger = Merger()
        for file in files.isEmpty ? ["-"] : files { try merger.add(TextLines.Origin(file)) }
        guard let report = format.report else {
            // To be checked when all is together.
            return (merger.sum == PartialCount() ? "" : PartialLine.text(of: merger.sum), .success)
        }
        if merger.sum == PartialCount(), documents != 0 { throw Refusal(.noInput, "there is nothing to merge") }
        try merger.check(documentCount: documents, allowsMissing: allowMissing)
        let result = CountResult(merger.sum)
        for failure in result.failures { StandardStream.error.write("lettercount: cannot count \(failure)\n") }
        return (report.report.text(for: result), result.ending)
    }

    private func mixed() throws(Refusal) -> String {
        var parts: [Mixture.Part] = []
        for weight in weight {
            var merger = Merger()
            try merger.add(TextLines.Origin(weight.file))
            try merger.check(documentCount: nil, allowsMissing: allowMissing)
            parts.append(Mixture.Part(name: weight.file, weight: weight.parts, count: merger.sum))
        }
        return MixtureReport.text(for: try Mixture(parts), format.report ?? .table)
    }
}

/// The forms of what is merged.
enum MergeFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    case table
    case json
    case csv
    case markdown
    case ndjson

    /// Nil for what is no report.
    var report: ReportFormat? { ReportFormat(rawValue: rawValue) }
}

extension CountResult {
    /// What workers have counted, who are not known any more.
    init(_ count: PartialCount) {
        letters = count.letters
        documents = count.documents
        bytes = count.bytes
        failures = count.failures.sorted()
        text = count.text ?? .letters
        (elapsed, model, workers) = (nil, nil, nil)
    }
}
