// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// Counts the documents of one run, whoever the workers are and wherever the table is.
struct CountEngine: Sendable {
    let crew: Crew
    let task: CountTask
    /// Nil where each document's counts come back with it.
    let table: TableHandle?
    let board: WorkerBoard?
    /// How often a document is counted again whose worker has died.
    let retries: Int

    /// What becomes of each document.
    enum Event: Sendable {
        case counted(NumberedSource, DocumentCounts)
        /// Its worker died, and it is counted again.
        case lost(NumberedSource, CrashReport)
        case failed(NumberedSource, WorkFailure)
        /// Its worker died while it was updating the common table: an unknown part of it is in there for good.
        case broken(NumberedSource, CrashReport)
    }

    /// A document with its number in the run.
    struct NumberedSource: Sendable {
        let index: Int
        let source: CountedSource
    }

    /// Starts nothing; the crew is there already, the table and the board are made.
    ///
    /// - Parameter showsWorkers: Whether somebody looks at what the workers are doing.
    init(
        _ model: CountingModel, crew: Crew, workers: Int, task: CountTask, retries: Int, showsWorkers: Bool
    ) throws(SharedMemoryError) {
        self.crew = crew
        self.task = task
        self.retries = retries
        table = try TableHandle.make(for: model, workers: workers)
        // Of processes that update a table it must be known how far they have come.
        let isNeeded = showsWorkers || (model.model == .processes && model.sharesTable)
        board = isNeeded ? try WorkerBoard(places: workers * 4 + 64) : nil
    }

    /// What a dying worker took with it is counted again in a next round, after everything else: a document that kills its
    /// worker every time then holds nobody up.
    ///
    /// - Parameter other: Somebody else to do it, for documents that this crew cannot get at.
    func count(
        _ sources: some Sequence<NumberedSource>, by other: Crew? = nil, _ tell: (Event) -> Void
    ) async {
        var lost = await countOnce(sources, by: other ?? crew, triesLeft: retries, tell)
        var triesLeft = retries
        while !lost.isEmpty {
            triesLeft -= 1
            lost = await countOnce(lost, by: other ?? crew, triesLeft: triesLeft, tell)
        }
    }

    /// Returns those whose worker died and that are to be tried again.
    private func countOnce(
        _ sources: some Sequence<NumberedSource>, by crew: Crew, triesLeft: Int, _ tell: (Event) -> Void
    ) async -> [NumberedSource] {
        let works = sources.lazy.map {
            CountDocument(source: $0.source, index: $0.index, task: task, table: table, board: board)
        }
        var lost: [NumberedSource] = []
        await crew.forEachOutcome(of: works) { work, result in
            let source = NumberedSource(index: work.index, source: work.source)
            let event = event(for: source, result, triesLeft: triesLeft)
            if case .lost = event { lost.append(source) }
            tell(event)
        }
        return lost
    }

    private func event(
        for source: NumberedSource, _ result: Result<DocumentCounts, WorkFailure>, triesLeft: Int
    ) -> Event {
        switch result {
        case .success(let counts): .counted(source, counts)
        case .failure(.died(let report)): event(for: source, report, triesLeft: triesLeft)
        case .failure(let failure): .failed(source, failure)
        }
    }

    private func event(for source: NumberedSource, _ report: CrashReport, triesLeft: Int) -> Event {
        if case .sharded(let table) = table, let entry = table.lastEntry(withIndex: source.index) {
            // It died between the last store and its answer.
            return .counted(source, DocumentCounts(letters: .init(), byteCount: entry.byteCount))
        }
        if hasBegunToUpdate(source.index, report.processIdentifier) { return .broken(source, report) }
        return triesLeft > 0 ? .lost(source, report) : .failed(source, .died(report))
    }

    private func hasBegunToUpdate(_ index: Int, _ process: Int32) -> Bool {
        board?.lines.contains { $0.process == process && $0.phase == .counting && $0.index == index } ?? false
    }
}
