// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Multiprocessing

/// `lettercount scale`: one model with more and more workers.
struct Scale: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Measure how the time changes with the workers and with the amount of work.",
        discussion: """
            The documents are counted from memory, first by 1, 2, … workers, then by all of them in growing amounts. A line \
            through the times gives the part of the work that does not become faster with more workers (Amdahl's law), and \
            the time that does not depend on the amount.

            EXAMPLES
              lettercount scale                      threads and processes
              lettercount scale texts/ --workers 16 --model threads/mutex
              lettercount scale --report scale.html
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var measuring: MeasuringOptions

    func run() throws {
        let models = measuring.model.isEmpty ? CountingModel.scaledByDefault : try measuring.chosenModels()
        let settings = CompareSettings(
            input: try input.input(), sourceNames: input.sources.joined(separator: " "), limits: input.limits,
            text: measuring.text, grain: measuring.grain, models: [], workloads: [], workers: measuring.workers,
            runs: measuring.runs, passes: measuring.passes, delayMilliseconds: 0, seconds: 0, wantsTimeline: false,
            scaledModels: models)
        Measuring.run(settings, try measuring.outputs(trace: nil))
    }
}
