// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Multiprocessing

/// How is measured, and where the figures go: the same for `compare` and `scale`.
struct MeasuringOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Only models with this name or beginning, as processes/fork; may be repeated.", valueName: "model"))
    var model: [String] = []

    @Option(name: .shortAndLong, help: "How many workers (default: by the workload).")
    var workers: Int?

    @Option(help: "How many measured runs of each (default: what fits into the time).")
    var runs: Int?

    @Option(help: "How often each document in memory is counted (default: by the speed of this machine).")
    var passes: Int?

    @Option(help: "How much is counted before a table is updated.")
    var grain: UpdateGrain = .letter

    @Option(help: "What is a letter, as for count.")
    var text: TextInterpretation = .letters

    @Option(name: .shortAndLong, help: "How the result is written.")
    var format: ComparisonFormat = .table

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write the result to a file, anew after each run.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Write a page with pictures, for a browser.", valueName: "file.html"))
    var report: String?

    @Flag(name: .shortAndLong, help: "No progress and no warnings.")
    var quiet = false

    func validate() throws {
        try Ranges.require(
            workers.map((1...CountPlan.mostWorkers).contains) ?? true, "--workers", "1 to \(CountPlan.mostWorkers)")
        try Ranges.require(runs.map((1...1_000).contains) ?? true, "--runs", "1 to 1000")
        try Ranges.require(passes.map((1...1_000_000).contains) ?? true, "--passes", "1 to 1000000")
        for file in [output, report] where file?.isEmpty == true {
            throw ValidationError("--output and --report need the name of a file.")
        }
    }

    /// Those that are chosen, of all.
    func chosenModels() throws(Refusal) -> [CountingModel] {
        let all = CountingModel.all(grain: grain)
        if model.isEmpty { return all }
        for pattern in model where !all.contains(where: { $0.isChosen(by: pattern) }) {
            throw Refusal(
                .usage, "there is no model '\(pattern)'; there are \(all.map(\.name).joined(separator: ", "))")
        }
        return all.filter { candidate in model.contains { candidate.isChosen(by: $0) } }
    }

    func outputs(trace: String?) throws(Refusal) -> CompareOutputs {
        let outputs = CompareOutputs(
            format: format, destination: ResultDestination(output: output),
            page: report.map { OutputFile($0) }, trace: trace.map { OutputFile($0) }, isQuiet: quiet)
        try outputs.destination.check()
        for file in [outputs.page, outputs.trace] { if let file { try ResultDestination.file(file).check() } }
        return outputs
    }
}

/// What `compare` and `scale` have in common once they know what is wanted.
enum Measuring {
    /// Measures, reports and ends the program.
    static func run(_ settings: CompareSettings, _ outputs: CompareOutputs) {
        var interruption = Interruption.hold()
        let job = CompareJob(settings, outputs)
        // The job ends the program; the main thread has nothing else to do than to wait for Ctrl-C.
        Task { await job.run() }
        job.interrupt(by: interruption.wait())
    }
}
