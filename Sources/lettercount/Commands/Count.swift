// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LetterCounting
import Multiprocessing

/// `lettercount count`: what was typed.
struct Count: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count the letters of documents, one after the other, with threads, or with processes.",
        usage: """
            lettercount [count] [<source> ...] [<options>]
            lettercount compare ...          (see lettercount help compare)
            lettercount scale ...            (see lettercount help scale)
            lettercount serve ...            (see lettercount help serve)
            lettercount worker ...           (see lettercount help worker)
            lettercount merge ...            (see lettercount help merge)
            lettercount spark ...            (see lettercount help spark)
            lettercount slurm ...            (see lettercount help slurm)
            """,
        discussion: CountHelp.discussion)

    @OptionGroup var input: InputOptions

    @Option(name: .shortAndLong, help: "Who counts.")
    var model: ExecutionModel = .threads

    @Option(
        name: .shortAndLong,
        help: """
            How many count at a time (default: the usable processors; with URLs 32 at most, but processes read several at \
            a time).
            """)
    var workers: Int?

    @Option(
        help: ArgumentHelp(
            "How many URLs are read at a time, by all workers together (default: as many as workers; with processes 32).",
            valueName: "n"))
    var connections: Int?

    @Option(help: "How processes begin (default: forkserver).")
    var startMethod: StartMethod?

    @Option(help: "What keeps workers with one table from undoing each other's updates (default: sharded).")
    var sync: TableSync?

    @Option(
        name: .customLong("ipc"),
        help: "How the counts of processes come together (default: messages, shared-memory for one table).")
    var ipc: IPCMethod?

    @Option(help: "How much is counted before a table is updated (default: letter for one table, else document).")
    var grain: UpdateGrain?

    @Option(help: "What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.")
    var text: TextInterpretation = .letters

    @Option(
        help: ArgumentHelp(
            "Which instructions count, of \(Kernel.available.map(\.name).joined(separator: ", ")) (default: the first).",
            valueName: "name", visibility: .hidden))
    var kernel: String?

    @Option(name: .shortAndLong, help: "How the result is written.")
    var format: ReportFormat = .table

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write the result to a file, whole or not at all.", valueName: "file"))
    var output: String?

    @Flag(help: "Show what each worker is doing, on a terminal.")
    var progress = false

    @Flag(name: .shortAndLong, help: "No progress and no notes: only what could not be counted.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Tell what is used, and each document with its size.")
    var verbose = false

    func validate() throws {
        try Ranges.require(
            workers.map((1...CountPlan.mostWorkers).contains) ?? true, "--workers", "1 to \(CountPlan.mostWorkers)")
        try Ranges.require(
            connections.map((1...CountPlan.mostConnections).contains) ?? true, "--connections",
            "1 to \(CountPlan.mostConnections)")
        if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other.") }
        if quiet && progress { throw ValidationError("--quiet and --progress exclude each other.") }
        if model != .processes, let startMethod {
            throw ValidationError("--start-method \(startMethod.rawValue) is for --model processes only.")
        }
        if model == .sequential, let workers, workers > 1 {
            throw ValidationError("--workers \(workers) is not for --model sequential, which has one.")
        }
        if let kernel, Kernel(named: kernel) == nil {
            let names = Kernel.available.map(\.name).joined(separator: ", ")
            throw ValidationError("--kernel \(kernel) is none that this processor can run: these are \(names).")
        }
        try ModelOptions.check(model, ipc: ipc, sync: sync)
        try checkConnections()
        if output?.isEmpty == true { throw ValidationError("--output needs the name of a file.") }
    }

    private func checkConnections() throws {
        guard let connections, connections > 1 else { return }
        if model == .sequential {
            throw ValidationError("--connections \(connections) is not for --model sequential, which has one.")
        }
        if !CountingModel(model, startMethod: startMethod, ipc: ipc, sync: sync, grain: grain).returnsCounts {
            throw ValidationError("--connections is for workers without a common table; use --workers.")
        }
    }

    /// Counts; the only return is by an error, before anything has begun.
    func run() throws { try CountJob.start(CountPlan(self)) }
}
