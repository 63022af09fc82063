// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing

/// What is meant by what was typed: everything that a run has to know, checked and with all defaults filled in.
struct CountPlan: Sendable {
    /// Where the documents come from.
    enum Input: Sendable {
        case sources(SourceList)
        /// No source was given: a server in this process.
        case embeddedServer(GeneratedCorpus)
    }

    enum Verbosity: Sendable { case quiet, normal, verbose }

    static let mostWorkers = 1_024
    static let mostConnections = 1_024

    let input: Input
    let model: CountingModel
    let workers: Int
    /// How many documents of the web each worker reads at a time.
    let window: Int
    let text: TextInterpretation
    /// The kernel that was asked for by its name.
    let kernelName: String?
    let limits: ReadLimits
    let verbosity: Verbosity
    /// Whether the workers are shown one by one, where there is a terminal.
    let showsWorkers: Bool
    /// Which of the documents are counted.
    let shard: Shard
    /// What is written when all is counted.
    let answer: any Answer

    /// - Throws: `Refusal` for what is no source, for input that is not there, and for a file that could not be written.
    init(
        _ typed: Count, machine: Machine = .current, environment: (String) -> String? = Environment.value
    ) throws(Refusal) {
        input = try typed.input.input(environment)
        shard = .whole
        model = CountingModel(
            typed.model, startMethod: typed.startMethod, ipc: typed.ipc, sync: typed.sync, grain: typed.grain)
        (workers, window) = Self.parallelism(
            model, input, shard, workers: typed.workers, connections: typed.connections, machine)
        text = typed.text
        kernelName = typed.kernel
        limits = typed.input.limits
        verbosity = typed.quiet ? .quiet : typed.verbose ? .verbose : .normal
        showsWorkers = typed.progress
        let destination = ResultDestination(output: typed.output)
        answer = ReportAnswer(format: typed.format, destination: destination)
        try destination.check()
    }

    /// The same for one of many workers.
    init(
        _ typed: WorkerCommand, machine: Machine = .current, environment: (String) -> String? = Environment.value
    ) throws(Refusal) {
        shard = try typed.shard?.shard(environment) ?? .whole
        input = try typed.input.input(environment, default: ["@-"], acceptsMissing: true)
        model = CountingModel(typed.model)
        (workers, window) = Self.parallelism(
            model, input, shard, workers: typed.workers, connections: typed.connections, machine)
        text = typed.text
        kernelName = nil
        limits = typed.input.limits
        verbosity = typed.verbose ? .verbose : .normal
        showsWorkers = false
        answer = PartialAnswer(name: typed.batch, shard: shard, keepsGoing: typed.keepGoing)
    }

    private static func parallelism(
        _ model: CountingModel, _ input: Input, _ shard: Shard, workers: Int?, connections: Int?, _ machine: Machine
    ) -> (workers: Int, window: Int) {
        let parallelism = Parallelism(
            model, of: documents(of: input, shard, machine), workers: workers, connections: connections,
            machine: machine)
        return (parallelism.workers, parallelism.window)
    }

    private static func documents(of input: Input, _ shard: Shard, _ machine: Machine) -> Parallelism.Documents {
        switch input {
        case .embeddedServer(let corpus): Parallelism.Documents(count: corpus.names.count, areOfWeb: true)
        case .sources(let list):
            Parallelism.Documents(
                count: hasLargeFile(list, machine) ? nil : list.knownCount.map(shard.size),
                areOfWeb: list.hasWebDocuments)
        }
    }

    /// Whether there is work for more workers than there are documents. Of many documents nobody need know.
    private static func hasLargeFile(_ list: SourceList, _ machine: Machine) -> Bool {
        guard let count = list.knownCount, count < machine.usableProcessors else { return false }
        return list.hasFile(largerThan: LargeFiles.wholeUpTo)
    }

    /// Starts the workers. For processes by fork this process must still have one thread.
    func makeCrew() throws(Refusal) -> Crew {
        do throws(StartFailure) { return try Crew(model, workers: workers) } catch {
            throw Refusal(.defect, error.description)
        }
    }
}
