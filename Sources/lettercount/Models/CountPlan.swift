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
    let format: ReportFormat
    let destination: ResultDestination
    let verbosity: Verbosity
    /// Whether the workers are shown one by one, where there is a terminal.
    let showsWorkers: Bool

    /// - Throws: `Refusal` for what is no source, for input that is not there, and for a file that could not be written.
    init(
        _ typed: Count, machine: Machine = .current, environment: (String) -> String? = Environment.value
    ) throws(Refusal) {
        input = try typed.input.input(environment)
        model = CountingModel(
            typed.model, startMethod: typed.startMethod, ipc: typed.ipc, sync: typed.sync, grain: typed.grain)
        let parallelism = Parallelism(
            model, of: Self.documents(of: input, machine), workers: typed.workers, connections: typed.connections,
            machine: machine)
        workers = parallelism.workers
        window = parallelism.window
        text = typed.text
        kernelName = typed.kernel
        limits = typed.input.limits
        format = typed.format
        destination = typed.output.map { .file(OutputFile($0)) } ?? .standardOutput
        verbosity = typed.quiet ? .quiet : typed.verbose ? .verbose : .normal
        showsWorkers = typed.progress
        try destination.check()
    }

    private static func documents(of input: Input, _ machine: Machine) -> Parallelism.Documents {
        switch input {
        case .embeddedServer(let corpus): Parallelism.Documents(count: corpus.names.count, areOfWeb: true)
        case .sources(let list):
            Parallelism.Documents(
                count: hasLargeFile(list, machine) ? nil : list.knownCount, areOfWeb: list.hasWebDocuments)
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
