// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Counts one document; or several files, one after the other, that together take about as long as it takes to hand a work
/// over and its counts back many times; or several documents of the web, some of them at the same time.
///
/// Rules:
/// 1. Only documents whose counts come back with them are counted together; then nothing but reading can fail, and a worker that
///    dies takes no counts of others with it.
/// 2. A file with more than `wholeUpTo` bytes among them is not counted but answered as large, for several workers.
struct CountBatch: Work {
    var items: SourceBatch
    var task: CountTask
    var wholeUpTo: UInt64
    /// How many documents of the web are read at a time.
    var window = 1
    var table: TableHandle?
    var board: WorkerBoard?
    /// Which of the board's places is this worker's; nil where it has to find its own.
    var place: Int?

    /// - Throws: What stopped the counting of the only document. Of several, each has its own failure in what is returned.
    func run() async throws -> BatchCounts {
        // Rule 1.
        if table == nil, let counts = sumOfFiles() { return counts }
        let paths = items.sources.compactMap(\.source.filePath)
        if table == nil, paths.count == items.sources.count { return countFiles(paths) }
        if table == nil, items.sources.count > 1 { return await countTogether() }
        var counts = BatchCounts()
        for (position, item) in items.sources.enumerated() {
            let document = CountDocument(
                source: item.source, index: item.index, task: task, table: table, board: board, place: place)
            counts.add(.counted(try await document.run()), at: position)
        }
        return counts
    }

    /// Of the web. On the event loop's thread, which does all of it: this worker's is woken once.
    private func countTogether() async -> BatchCounts {
        let executor = DocumentReaders.reader(for: task.limits).webExecutor(forReader: place.map { $0 * window })
        return await withTaskExecutorPreference(executor) {
            await withTaskGroup(of: (Int, BatchCounts.Entry).self) { group in
                var entries: [BatchCounts.Entry?] = items.sources.map { _ in nil }
                for position in items.sources.indices {
                    if position >= window, let (done, entry) = await group.next() { entries[done] = entry }
                    group.addTask { (position, await countAlone(position)) }
                }
                for await (done, entry) in group { entries[done] = entry }
                return BatchCounts(entries.compactMap(\.self))
            }
        }
    }

    private func countAlone(_ position: Int) async -> BatchCounts.Entry {
        let item = items.sources[position]
        let document = CountDocument(
            source: item.source, index: item.index, task: task, table: table, board: board, place: place)
        do {
            return .counted(try await document.run())
        } catch let failure as DocumentFailure {
            return .failed(failure)
        } catch {
            return .failed(DocumentFailure(document: item.source.name, reason: .unreadable("\(error)")))
        }
    }

    private func countFiles(_ paths: [String]) -> BatchCounts {
        let reporter = board?.reporter(at: place)
        let reader = FileReader(limits: task.limits, wholeUpTo: wholeUpTo)
        var counts = BatchCounts()
        for (position, path) in paths.enumerated() {
            reporter?.report(.reading, of: items.sources[position].index)
            counts.add(count(path, next: paths[(position + 1)...], by: reader), at: position)
            reporter?.report(.idle, of: items.sources[position].index)
        }
        return counts
    }

    private func count(
        _ path: String, next: ArraySlice<String>, by reader: borrowing FileReader
    ) -> BatchCounts.Entry {
        var counter = TimedCounter(task)
        do throws(DocumentFailure) {
            switch try reader.read(path, next: next, into: &counter) {
            case .large(let file): return .large(file)
            case .whole(let byteCount):
                counter.stopwatch.hasRead()
                var counts = DocumentCounts(letters: counter.counter.counts(), byteCount: byteCount)
                counts.timing = counter.stopwatch.timing(at: place)
                return .counted(counts)
            }
        } catch {
            return .failed(error)
        }
    }
}
