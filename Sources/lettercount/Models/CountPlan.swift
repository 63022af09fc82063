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

    let input: Input
    let model: CountingModel
    let workers: Int
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
        workers = Self.workers(typed, for: input, machine)
        text = typed.text
        kernelName = typed.kernel
        limits = typed.input.limits
        format = typed.format
        destination = typed.output.map { .file(OutputFile($0)) } ?? .standardOutput
        verbosity = typed.quiet ? .quiet : typed.verbose ? .verbose : .normal
        showsWorkers = typed.progress
        try destination.check()
    }

    private static func workers(_ typed: Count, for input: Input, _ machine: Machine) -> Int {
        if typed.model == .sequential { return 1 }
        if let workers = typed.workers { return workers }
        switch input {
        case .embeddedServer(let corpus):
            return DefaultWorkers.count(documentCount: corpus.names.count, hasWebDocuments: true, machine: machine)
        case .sources(let list):
            return DefaultWorkers.count(
                documentCount: list.knownCount, hasWebDocuments: list.hasWebDocuments, machine: machine)
        }
    }

    /// Starts the workers. For processes by fork this process must still have one thread.
    func makeCrew() throws(Refusal) -> Crew {
        do throws(StartFailure) { return try Crew(model, workers: workers) } catch {
            throw Refusal(.defect, error.description)
        }
    }
}
