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
    private let workers: Int
    /// How many documents of the web a worker reads at a time.
    private let window: Int
    /// Larger files are shared by all workers.
    private let wholeUpTo: UInt64

    /// What becomes of each document.
    enum Event: Sendable {
        case counted(NumberedSource, DocumentCounts)
        /// Several, of which nobody asks for each.
        case summed(CountSum)
        /// Their worker died, and they are counted again: one document, or those that were counted together.
        case lost([NumberedSource], CrashReport)
        case failed(NumberedSource, WorkFailure)
        /// Its worker died while it was updating the common table: an unknown part of it is in there for good.
        case broken(NumberedSource, CrashReport)
        /// So many bytes more have been counted of documents that are not done; negative when they are done.
        case underway(Int64)
    }

    /// Starts nothing; the crew is there already, the table and the board are made.
    ///
    /// - Parameters:
    ///   - window: How many documents of the web a worker may read at a time.
    ///   - showsWorkers: Whether somebody looks at what the workers are doing.
    init(
        _ model: CountingModel, crew: Crew, workers: Int, window: Int = 1, task: CountTask, retries: Int,
        showsWorkers: Bool
    ) throws(SharedMemoryError) {
        self.crew = crew
        self.workers = workers
        self.window = window
        self.task = task
        self.retries = retries
        table = try TableHandle.make(for: model, workers: workers)
        wholeUpTo = workers > 1 && table == nil ? LargeFiles.wholeUpTo : .max
        // Of processes that update a table it must be known how far they have come.
        let isNeeded = showsWorkers || (model.model == .processes && model.sharesTable)
        board = isNeeded ? try WorkerBoard(places: workers * 4 + 64) : nil
    }

    /// What a dying worker took with it is counted again in a next round, after everything else: a document that kills its
    /// worker every time then holds nobody up. Large files are counted in such a round, too, in parts.
    ///
    /// - Parameter other: Somebody else to do it, for documents that this crew cannot get at.
    func count<Sources: Sequence>(
        _ sources: Sources, by other: Crew? = nil, _ tell: (Event) -> Void
    ) async where Sources.Iterator: SourceIterator {
        var rest = UncountedRest(task, workers: workers, retries: retries)
        let batching = Batching(workers: workers, isAllowed: table == nil, window: window)
        await countOnce(sources, by: other ?? crew, batching, &rest, tell)
        while !rest.sources.isEmpty {
            let sources = rest.sources
            rest.sources = []
            // Alone: then it is known which one it is that kills its worker.
            await countOnce(sources, by: other ?? crew, Batching(workers: workers, isAllowed: false), &rest, tell)
        }
    }

    private func countOnce<Sources: Sequence>(
        _ sources: Sources, by crew: Crew, _ batching: Batching, _ rest: inout UncountedRest,
        _ tell: (Event) -> Void
    ) async where Sources.Iterator: SourceIterator {
        let works = BatchSequence(sources: sources, batching: batching).lazy.map {
            CountBatch(
                items: $0, task: task, wholeUpTo: wholeUpTo, window: window, table: table, board: board)
        }
        await crew.forEachOutcome(of: works) { work, result in
            switch result {
            case .success(let counts): take(counts, of: work.items, &rest, tell)
            case .failure(.died(let report)) where work.items.count > 1:
                tell(rest.lose(work.items.sources, report))
            case .failure(let failure):
                for source in work.items.sources { end(source, .failure(failure), &rest, tell) }
            }
        }
    }

    private func take(
        _ counts: BatchCounts, of items: SourceBatch, _ rest: inout UncountedRest, _ tell: (Event) -> Void
    ) {
        if counts.sum.documents > 0 { tell(.summed(counts.sum)) }
        let entries = counts.entries
        if entries.isEmpty { return }
        let sources = items.sources
        for (position, entry) in entries { take(entry, of: sources[position], &rest, tell) }
    }

    private func take(
        _ entry: BatchCounts.Entry, of source: NumberedSource, _ rest: inout UncountedRest, _ tell: (Event) -> Void
    ) {
        switch entry {
        case .counted(let counts): end(source, .success(counts), &rest, tell)
        case .failed(let failure): end(source, .failure(.threw(WorkError(failure))), &rest, tell)
        case .large(let file): rest.sources += rest.large.begin(source, file)
        }
    }

    /// A document's end, or that of a part of one.
    private func end(
        _ source: NumberedSource, _ result: Result<DocumentCounts, WorkFailure>, _ rest: inout UncountedRest,
        _ tell: (Event) -> Void
    ) {
        let result = result.flatMapError { failure in
            guard case .died(let report) = failure else { return .failure(failure) }
            return lastEntry(of: source).map { .success($0) } ?? .failure(.died(report))
        }
        if case .failure(.died(let report)) = result {
            if hasBegunToUpdate(source.index, report.processIdentifier) { return tell(.broken(source, report)) }
            if rest.mayTryAgain(source.index) { return tell(rest.lose([source], report)) }
        }
        guard case .part = source.source else { return tell(Event(source, result)) }
        if case .success(let counts) = result { tell(.underway(Int64(counts.byteCount))) }
        guard let (whole, result) = rest.large.end(source.index, result) else { return }
        if case .success(let counts) = result { tell(.underway(-Int64(counts.byteCount))) }
        tell(Event(whole, result))
    }

    /// Of a document whose worker died between the last store and its answer.
    private func lastEntry(of source: NumberedSource) -> DocumentCounts? {
        guard case .sharded(let table) = table, let entry = table.lastEntry(withIndex: source.index) else { return nil }
        return DocumentCounts(letters: LetterCounts(), byteCount: entry.byteCount)
    }

    private func hasBegunToUpdate(_ index: Int, _ process: Int32) -> Bool {
        guard table != nil else { return false }
        return board?.lines.contains { $0.process == process && $0.phase == .counting && $0.index == index } ?? false
    }
}

extension CountEngine.Event {
    fileprivate init(_ source: NumberedSource, _ result: Result<DocumentCounts, WorkFailure>) {
        switch result {
        case .success(let counts): self = .counted(source, counts)
        case .failure(let failure): self = .failed(source, failure)
        }
    }
}

/// What is left to be counted after a round.
private struct UncountedRest {
    var sources: [NumberedSource] = []
    var large: LargeFiles
    /// How often each document has lost its worker when it was counted alone.
    private var deaths: [Int: Int] = [:]
    private let retries: Int

    init(_ task: CountTask, workers: Int, retries: Int) {
        large = LargeFiles(task, workers: workers)
        self.retries = retries
    }

    func mayTryAgain(_ index: Int) -> Bool { deaths[index, default: 0] < retries }

    /// Takes in what a dead worker had. Of several documents it is not known which one it was at; each is counted alone then.
    mutating func lose(_ lost: [NumberedSource], _ report: CrashReport) -> CountEngine.Event {
        if lost.count == 1 { deaths[lost[0].index, default: 0] += 1 }
        sources += lost
        return .lost(lost, report)
    }
}
