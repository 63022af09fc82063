// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Documents
import LetterCounting
import Multiprocessing

/// One run: the documents go through the pool into the tally, and the result is reported, once.
final class CountJob: Sendable {
    private let plan: CountPlan
    private let pool: any WorkerPool
    private let tally: Tally
    private let console: Console

    init(_ plan: CountPlan, pool: any WorkerPool) {
        self.plan = plan
        self.pool = pool
        tally = Tally(
            CountResult(model: plan.model, workers: plan.workers, startMethod: plan.startMethod, text: plan.text))
        console = Console(plan.verbosity)
    }

    // MARK: The two ends

    /// Counts everything, reports, and ends the program.
    func run() async -> Never {
        tellWhatIsUsed()
        do {
            switch plan.input {
            case .sources(let list):
                await count(list.documents, knownCount: list.knownCount, hasStandardInput: list.hasStandardInput)
            case .embeddedServer(let corpus):
                try await countFromEmbeddedServer(corpus)
            }
        } catch {
            console.error("\(error)")
            Ending.defect.leave()
        }
        // Without a result the main thread has been asked to stop, and is writing its own.
        guard let result = tally.close(isComplete: true) else { ProgramEnd.never() }
        report(result)
        await pool.shutDown()
        ForkServer.stop()
        await DocumentReaders.shutDown()
        result.ending.leave()
    }

    /// Reports what is counted by now, and ends the program by the signal that it got. Work that is under way is
    /// left: the threads end with the process, the workers as soon as they notice.
    func interrupt(by signal: Int32) -> Never {
        // Without a result the run has just come to its end, and is writing its own.
        guard let result = tally.close(isComplete: false) else { ProgramEnd.never() }
        // Before it is written: that may take for ever, and is the moment to know what ends it.
        console.note("stopping; the result is not complete (Ctrl-C again to end at once)")
        report(result)
        ProgramEnd.end(by: signal)
    }

    private func report(_ result: CountResult) {
        console.endProgress()
        plan.destination.write(plan.format.report.text(for: result))
        for failure in result.failures { console.error("cannot count \(failure.source): \(failure.reason)") }
    }

    // MARK: Counting

    private func countFromEmbeddedServer(_ corpus: GeneratedCorpus) async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            console.note("no source given: counting \(corpus.names.count) generated documents, served at \(baseURL)/")
            let documents = corpus.names.map { Document.web("\(baseURL)/\($0)") }
            await count(documents, knownCount: documents.count, hasStandardInput: false)
        }
    }

    private func count(
        _ documents: some Sequence<Document> & Sendable, knownCount: Int?, hasStandardInput: Bool
    ) async {
        let progress = Progress(of: tally, documentCount: knownCount, on: console)
        defer { progress?.stop() }
        // A worker process has a standard input of its own, and nothing in it.
        guard hasStandardInput, plan.model == .processes else { return await countInRounds(documents, by: pool) }
        async let elsewhere: Void = countInRounds(documents.lazy.filter { $0 != .standardInput }, by: pool)
        await countStandardInput()
        await elsewhere
    }

    private func countStandardInput() async {
        do {
            let pool = try ThreadPool(workers: 1)
            await countInRounds([.standardInput], by: pool)
            await pool.shutDown()
        } catch {
            tally.add(FailedDocument(.standardInput, .notStarted(error)))
        }
    }

    /// What a dying worker took with it is counted again in a next round, after everything else: a document that kills
    /// its worker every time then holds nobody up.
    private func countInRounds(_ documents: some Sequence<Document>, by pool: any WorkerPool) async {
        var lost = await countOnce(documents, by: pool, triesLeft: plan.limits.retries)
        var triesLeft = plan.limits.retries
        while !lost.isEmpty {
            triesLeft -= 1
            lost = await countOnce(lost, by: pool, triesLeft: triesLeft)
        }
    }

    /// Counts each document or notes its failure; returns those whose worker died and that are to be tried again.
    private func countOnce(
        _ documents: some Sequence<Document>, by pool: any WorkerPool, triesLeft: Int
    ) async -> [Document] {
        let (text, limits) = (plan.text, plan.limits)
        let works = documents.lazy.map { CountDocument(document: $0, text: text, limits: limits) }
        var lost: [Document] = []
        for await outcome in pool.outcomes(of: works) {
            let document = outcome.work.document
            switch outcome.result {
            case .success(let counts):
                tally.add(counts)
                console.detail("\(document): \(counts.byteCount) bytes")
            case .failure(.died(let report)) where triesLeft > 0:
                lost.append(document)
                console.warning("\(report.briefDescription) while it counted \(document), which is counted again")
            case .failure(let failure):
                tally.add(FailedDocument(document, failure))
            }
        }
        return lost
    }

    private func tellWhatIsUsed() {
        let workers = "\(plan.workers) worker\(plan.workers == 1 ? "" : "s")"
        let method = plan.startMethod.map { ", started by \($0.rawValue)" } ?? ""
        console.detail("model \(plan.model.rawValue), \(workers)\(method)")
        console.detail("\(Machine.current.usableProcessors) usable processors, text \(plan.text.rawValue)")
    }
}
