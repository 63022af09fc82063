// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Multiprocessing

/// `lettercount worker`: what was typed.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Count a part of the documents, on any machine, and write one line for lettercount merge.",
        discussion: """
            Reads a list of sources from standard input, one in each line (or, with --null, before each zero byte), unless \
            sources are given. Writes one line of JSON when all are counted: raw counts, documents, bytes, and the identity of \
            the batch. It writes nothing if there is nothing to count, or if any document could not be counted; then it tells \
            which on standard error, the last line being the summary, and ends with 1.

            The identity is made of the documents' names, so that merge notices when a batch is counted twice. With --shard \
            it is made of all names and the shard's number, so that merge notices when one is missing, too.

            EXAMPLES
              find texts -type f -print0 | lettercount worker -0 > part.jsonl
              lettercount worker --shard 3/64 @list.txt > part-3.jsonl
              lettercount worker --shard auto @list.txt        Slurm, AWS Batch
              lettercount worker --shard auto/64 @list.txt     an indexed Kubernetes job
              parallel --pipe -N100 lettercount worker < list.txt | lettercount merge
            """)

    @OptionGroup var input: InputOptions

    @Option(
        help: ArgumentHelp(
            "Count only part I of N, from 1/N to N/N, or the part that a job array says.", valueName: "i/n|auto"))
    var shard: ShardChoice?

    @Option(help: ArgumentHelp("The batch's name (default: made of the documents' names).", valueName: "name"))
    var batch: String?

    @Option(
        name: .customLong("input"),
        help: ArgumentHelp(
            """
            What comes by standard input: a list of sources; documents, each as two netstrings with its name and its bytes; or \
            parts of documents, likewise, which are not counted as documents.
            """, valueName: "kind"))
    var kind: WorkerInput = .list

    @Flag(help: "Write what could not be counted into the line, and end with 0.")
    var keepGoing = false

    @Option(name: .shortAndLong, help: "Who counts.")
    var model: ExecutionModel = .threads

    @Option(
        name: .shortAndLong, help: "How many count at a time (default: the usable processors; with URLs 32 at most).")
    var workers: Int?

    @Option(help: ArgumentHelp("How many URLs are read at a time, by all workers together.", valueName: "n"))
    var connections: Int?

    @Option(help: "What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.")
    var text: TextInterpretation = .letters

    @Flag(name: .shortAndLong, help: "Tell what is used, and each document with its size.")
    var verbose = false

    func validate() throws {
        try Ranges.require(
            workers.map((1...CountPlan.mostWorkers).contains) ?? true, "--workers", "1 to \(CountPlan.mostWorkers)")
        try Ranges.require(
            connections.map((1...CountPlan.mostConnections).contains) ?? true, "--connections",
            "1 to \(CountPlan.mostConnections)")
        if model == .sequential, workers ?? 1 > 1 || connections ?? 1 > 1 {
            throw ValidationError("--model sequential has one worker and one connection.")
        }
        if kind != .list, !input.sources.isEmpty || shard != nil || input.isZeroSeparated || workers != nil {
            throw ValidationError(
                "--input \(kind.rawValue) is counted as it comes: without sources, shards and workers.")
        }
        if kind == .parts, text != .letters {
            throw ValidationError("--text \(text.rawValue) counts whole documents, not parts.")
        }
        if batch?.isEmpty == true { throw ValidationError("--batch needs a name.") }
    }

    /// Counts; the only return is by an error, before anything has begun.
    func run() throws {
        if kind == .list { try CountJob.start(CountPlan(self)) }
        try ContentJob(
            text: text, limits: input.limits, areParts: kind == .parts,
            answer: PartialAnswer(name: batch, keepsGoing: keepGoing)
        ).run()
    }
}

extension WorkerInput: TypedByRawValue {}

extension ShardChoice: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}
