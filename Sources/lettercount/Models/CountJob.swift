// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing

/// One run: the documents go through the workers into the tally, and the result is reported, once.
final class CountJob: Sendable {
    private let plan: CountPlan
    private let engine: CountEngine
    private let tally: Tally
    private let console: Console
    private let names: NamesUnderway

    init(_ plan: CountPlan, crew: Crew) throws(Refusal) {
        self.plan = plan
        console = Console(plan.verbosity)
        names = NamesUnderway(isKept: plan.showsWorkers)
        do throws(SharedMemoryError) {
            engine = try CountEngine(
                plan.model, crew: crew, workers: plan.workers, window: plan.window,
                task: CountTask(
                    text: plan.text, grain: plan.model.grain, limits: plan.limits, kernelName: plan.kernelName,
                    isChecked: !plan.model.isSynchronised
                ),
                retries: plan.limits.retries, showsWorkers: plan.showsWorkers && console.progressColumns != nil)
        } catch {
            throw Refusal(.defect, "the shared table could not be made: \(error)")
        }
        tally = Tally(CountResult(model: plan.model, workers: plan.workers, text: plan.text), table: engine.table)
    }

    /// Starts the workers, counts, and ends the program. It returns by an error only, before anything has begun.
    static func start(_ plan: CountPlan) throws(Refusal) {
        var interruption = Interruption.hold()
        // Here, and not a line later: forked workers are made while this process has one thread, and nothing that
        // could hold a lock (client, event loop, task) exists yet.
        let crew = try plan.makeCrew()
        let job = try CountJob(plan, crew: crew)
        // The job ends the program. The main thread has nothing else to do than to wait for Ctrl-C, and needs no task,
        // queue or run loop for it.
        Task { await job.run() }
        job.interrupt(by: interruption.wait())
    }

    // MARK: The two ends

    /// Counts everything, reports, and ends the program.
    func run() async -> Never {
        tellWhatIsUsed()
        do {
            switch plan.input {
            case .sources(let list):
                let documents = BatchDocuments(documents: list.documents, shard: plan.shard, digest: plan.answer.digest)
                await count(
                    documents, knownCount: list.knownCount.map(plan.shard.size), hasStandardInput: list.hasStandardInput
                )
            case .embeddedServer(let corpus):
                try await countFromEmbeddedServer(corpus)
            }
        } catch {
            console.error("\(error)")
            Ending.defect.leave()
        }
        // Without a result the main thread has been asked to stop, and is writing its own.
        guard let result = tally.close(isComplete: true) else { ProgramEnd.never() }
        console.endProgress()
        let ending = plan.answer.give(result, console)
        await engine.crew.shutDown()
        ForkServer.stop()
        // The readers' connections and event loops end with the process, and sooner than if they were asked to.
        ending.leave()
    }

    /// Reports what is counted by now, and ends the program by the signal that it got. Work that is under way is
    /// left: the threads end with the process, the workers as soon as they notice.
    func interrupt(by signal: Int32) -> Never {
        // Without a result the run has just come to its end, and is writing its own.
        guard let result = tally.close(isComplete: false) else { ProgramEnd.never() }
        // Before it is written: that may take for ever, and is the moment to know what ends it.
        console.note("stopping; the result is not complete (Ctrl-C again to end at once)")
        console.endProgress()
        _ = plan.answer.give(result, console)
        ProgramEnd.end(by: signal)
    }

    // MARK: Counting

    private func countFromEmbeddedServer(_ corpus: GeneratedCorpus) async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            console.note("no source given: counting \(corpus.names.count) generated documents, served at \(baseURL)/")
            let documents = try SourceList(parsing: corpus.names.map { "\(baseURL)/\($0)" }).documents
            await count(
                BatchDocuments(documents: documents), knownCount: corpus.names.count, hasStandardInput: false)
        }
    }

    private func count(
        _ documents: BatchDocuments, knownCount: Int?, hasStandardInput: Bool
    ) async {
        let display = plan.showsWorkers ? engine.board.map { WorkerDisplay(board: $0, names: names) } : nil
        let progress = Progress(of: tally, documentCount: knownCount, workers: display, on: console)
        defer { progress?.stop() }
        let isSummed = !plan.showsWorkers && plan.verbosity != .verbose && plan.model.returnsCounts
        var sources = NumberedDocuments(
            documents: isSummed ? documents.inAnyOrder : documents, names: names, isSummed: isSummed)
        // A worker process has a standard input of its own, and nothing in it.
        sources.skipsStandardInput = hasStandardInput && plan.model.model == .processes
        guard sources.skipsStandardInput else { return await engine.count(sources, tell) }
        async let elsewhere: Void = engine.count(sources, tell)
        await countStandardInput()
        await elsewhere
    }

    private func countStandardInput() async {
        // A number that no other document has.
        let source = NumberedSource(index: .max / 8, source: .document(.standardInput))
        do {
            let pool = try ThreadPool(workers: 1)
            await engine.count([source], by: .pool(pool), tell)
            await pool.shutDown()
        } catch {
            tell(.failed(source, .notStarted(error)))
        }
    }

    @Sendable private func tell(_ event: CountEngine.Event) {
        switch event {
        case .counted(let source, let counts):
            names.end(source.index)
            tally.add(counts)
            console.detail("\(source.source.name): \(counts.byteCount) bytes")
        case .summed(let sum): tally.add(sum)
        case .lost(let sources, let report): console.warning(Self.lossWarning(sources, report))
        case .failed(let source, let failure):
            tally.add(FailedDocument(source.source.name, failure))
        case .broken(let source, let report):
            tally.add(FailedDocument(source: source.source.name, reason: Self.brokenReason(report)))
        case .underway(let byteCount): tally.addUnderway(byteCount)
        }
    }

    private static func lossWarning(_ sources: [NumberedSource], _ report: CrashReport) -> String {
        let first = sources.first?.source.name ?? ""
        guard let last = sources.last, sources.count > 1 else {
            return "\(report.briefDescription) while it counted \(first), which is counted again"
        }
        return
            "\(report.briefDescription) while it counted \(sources.count) documents from \(first) to \(last.source.name), "
            + "which are counted again"
    }

    private static func brokenReason(_ report: CrashReport) -> String {
        "\(report.briefDescription) while it updated the common table, which has an unknown part of it "
            + "(with --sync sharded it would have been counted again)"
    }

    private func tellWhatIsUsed() {
        let workers = "\(plan.workers) worker\(plan.workers == 1 ? "" : "s")"
        if plan.window > 1 { console.detail("up to \(plan.window) documents of the web at a time for each worker") }
        console.detail("model \(plan.model.name), \(workers), an update for each \(plan.model.grain.rawValue)")
        let kernel = plan.kernelName ?? Kernel.best.name
        console.detail(
            "\(Machine.current.usableProcessors) usable processors, text \(plan.text.rawValue), kernel \(kernel)")
    }
}
