// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Multiprocessing

/// `lettercount slurm`: what was typed.
struct Slurm: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract: "Write the job array that counts on a cluster of Slurm, and the job that merges.",
        discussion: """
            Makes a folder, which all machines of the cluster must see, with the list of all documents, the script of the job array, \
            that of the merge, which begins when all of the array has ended well, and one that submits both. It submits nothing. A \
            worker that is killed is started again by its job, twice; the merge refuses to report if anything is missing.

            EXAMPLES
              lettercount slurm /shared/texts --into /shared/count
              bash /shared/count/submit
              lettercount slurm @list.txt --shards 500 --sbatch=--partition=long

            A shard whose job failed is counted again by its number, and then merged:
              sbatch --array=17 /shared/count/count.sbatch
              sbatch /shared/count/merge.sbatch
            """)

    @OptionGroup var input: InputOptions

    @Option(help: ArgumentHelp("The folder to be made.", valueName: "folder"))
    var into = "lettercount-slurm"

    @Option(
        help: ArgumentHelp(
            "How many jobs the array has (default: one for each hundred documents, 1000 at most).", valueName: "n"))
    var shards: Int?

    @Option(help: ArgumentHelp("How many processors each job gets.", valueName: "n"))
    var cpus = 1

    @Option(help: ArgumentHelp("An option of sbatch for all jobs; may be repeated.", valueName: "option"))
    var sbatch: [String] = []

    @Option(help: ArgumentHelp("The lettercount that the machines run (default: this program).", valueName: "file"))
    var binary: String?

    @Flag(help: "Report what could not be counted, and count the others.")
    var keepGoing = false

    @Option(help: "What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.")
    var text: TextInterpretation = .letters

    func validate() throws {
        if input.sources.isEmpty { throw ValidationError("Say what is to be counted: a list, a folder, URLs.") }
        try Ranges.require(shards.map((1...Shard.most).contains) ?? true, "--shards", "1 to \(Shard.most)")
        try Ranges.require((1...CountPlan.mostWorkers).contains(cpus), "--cpus", "1 to \(CountPlan.mostWorkers)")
        if into.isEmpty { throw ValidationError("--into needs a folder.") }
        if let wrong = sbatch.first(where: { !$0.hasPrefix("-") || $0.contains("\n") }) {
            throw ValidationError("--sbatch \(wrong) is no option; write --sbatch=--partition=long.")
        }
    }

    func run() throws {
        let plan = try SlurmPlan(self)
        try plan.write()
        ResultDestination.standardOutput.write(plan.summary)
    }
}
