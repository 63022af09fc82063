// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Multiprocessing

/// `lettercount compare`: every model side by side.
struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare the models side by side: time, memory, and the updates that were lost.",
        discussion: """
            The documents are read once. Then all models count the same ones in turns, each run in a process of its own, at two \
            workloads: waiting for a server on this machine that answers after a delay, and computing from memory. Times \
            are medians of the runs, from the start of the first worker until the sum is there; memory is that of all \
            processes together, with shared pages counted once. The first Ctrl-C reports what was measured so far.

            EXAMPLES
              lettercount compare                    without network, within a minute
              lettercount compare rfc:1000-1019 --report report.html
              lettercount compare texts/ --model sequential --model threads --runs 20
              lettercount compare --workload computing --grain block --format markdown
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var measuring: MeasuringOptions

    @Option(help: "Only this workload; may be repeated.")
    var workload: [Workload.Kind] = []

    @Option(help: ArgumentHelp("How long the server of the waiting workload waits.", valueName: "milliseconds"))
    var delay: Int = 50

    @Option(help: ArgumentHelp("How long it should take, unless --runs says how often.", valueName: "seconds"))
    var within: Double = 45

    @Option(help: ArgumentHelp("Write the timeline of the workers, for Perfetto or Chrome.", valueName: "file.json"))
    var trace: String?

    func validate() throws {
        try Ranges.require((0...60_000).contains(delay), "--delay", "0 to 60000 milliseconds")
        try Ranges.require(within > 0 && within <= 86_400, "--within", "seconds greater than 0, at most a day")
        if trace?.isEmpty == true { throw ValidationError("--trace needs the name of a file.") }
    }

    func run() throws {
        let settings = CompareSettings(
            input: try input.input(), sourceNames: input.sources.joined(separator: " "), limits: input.limits,
            text: measuring.text, grain: measuring.grain, models: try measuring.chosenModels(),
            workloads: Set(workload.isEmpty ? Workload.Kind.allCases : workload), workers: measuring.workers,
            runs: measuring.runs, passes: measuring.passes, delayMilliseconds: delay, seconds: within,
            wantsTimeline: trace != nil || measuring.report != nil || measuring.format == .json,
            scaledModels: measuring.report == nil ? [] : CountingModel.scaledByDefault)
        Measuring.run(settings, try measuring.outputs(trace: trace))
    }
}
