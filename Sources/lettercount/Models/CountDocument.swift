// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// The work: read one document where the worker is, and count its letters.
///
/// Its counts are its output, or go into a table of all workers as a whole; then counting the same document again changes
/// nothing, and it may be submitted again when a worker has died. Not so with a table that the workers update as they count:
/// what is in it cannot be taken out again. There the document is read to its end and held before the first update, so that an
/// attempt that breaks off half-way leaves nothing; and `WorkerBoard` tells whether a dead worker had come so far.
struct CountDocument {
    var source: CountedSource
    /// The document's number in its run, from 0.
    var index: Int
    var task: CountTask
    var table: TableHandle?
    var board: WorkerBoard?
    /// Which of the board's places is this worker's; nil where it has to find its own.
    var place: Int?

    /// - Throws: `DocumentFailure`; nothing of a document that was not read to its end is counted.
    func run() async throws -> DocumentCounts {
        let reporter = board?.reporter(at: place)
        reporter?.report(.reading, of: index)
        defer { reporter?.report(.idle, of: index) }
        var stopwatch = Stopwatch()
        var counts = try await counts(&stopwatch, reporter)
        counts.timing = stopwatch.timing(at: place)
        return counts
    }

    private func counts(
        _ stopwatch: inout Stopwatch, _ reporter: WorkerBoard.Reporter?
    ) async throws -> DocumentCounts {
        switch table {
        case nil: return try await countAlone(&stopwatch)
        case .sharded(let table):
            var counts = try await countAlone(&stopwatch)
            try stopwatch.merging { try merge(&counts, into: table) }
            return counts
        case .racing(let table): return try await count(into: table, &stopwatch, reporter)
        case .atomic(let table): return try await count(into: table, &stopwatch, reporter)
        case .mutex(let table): return try await count(into: table, &stopwatch, reporter)
        }
    }

    private func merge(_ counts: inout DocumentCounts, into table: ShardedTable) throws {
        let entry = ShardedTable.Entry(index: index, byteCount: counts.byteCount)
        if !table.add(counts.letters, of: entry, by: Caller.identity) { throw OutOfShards() }
        counts.letters = LetterCounts()
    }

    // MARK: Alone

    /// Into a table of the document's own, while it is being read.
    private func countAlone(_ stopwatch: inout Stopwatch) async throws -> DocumentCounts {
        switch source {
        case .memory(let held):
            stopwatch.hasRead()
            let letters = stopwatch.counting { held.sumOfPasses { PrivateCounter.count($0, task) } }
            return DocumentCounts(letters: letters, byteCount: held.byteCount)
        case .part(let part):
            var counter = TimedCounter(task, stopwatch)
            let byteCount = try FileReader(limits: task.limits).read(part, into: &counter)
            stopwatch = counter.stopwatch
            stopwatch.hasRead()
            // What comes once a document comes with the whole.
            let letters = counter.counter.counts() - Spellings.of(task.text).additionalLetters
            return DocumentCounts(letters: letters, byteCount: byteCount)
        case .document(let document):
            let (task, started) = (task, stopwatch)
            let reader = DocumentReaders.reader(for: task.limits)
            let (state, byteCount) = try await reader.read(document) {
                TimedCounter(task, started)
            } update: { state, bytes in
                state.receive(bytes)
            }
            stopwatch = state.stopwatch
            stopwatch.hasRead()
            return DocumentCounts(letters: state.counter.counts(), byteCount: byteCount)
        }
    }

    // MARK: Into a table of all

    private func count(
        into table: some LetterTable, _ stopwatch: inout Stopwatch, _ reporter: WorkerBoard.Reporter?
    ) async throws -> DocumentCounts {
        var counts = DocumentCounts(letters: LetterCounts(), byteCount: 0)
        switch source {
        case .memory(let held):
            stopwatch.hasRead()
            reporter?.report(.counting, of: index)
            stopwatch.counting { held.forEachPass { update(table, with: $0) } }
            counts.byteCount = held.byteCount
        case .part: preconditionFailure("a part of a document is counted into a table of its own")
        case .document(let document):
            let bytes = try await content(of: document, &stopwatch)
            reporter?.report(.counting, of: index)
            stopwatch.counting { update(table, with: unsafe bytes.span.bytes) }  // of bytes without padding
            counts.byteCount = UInt64(bytes.count)
            if task.isChecked {
                counts.exactTotal = LetterCounter.count(bytes, text: task.text, kernel: task.kernel).total
            }
        }
        return counts
    }

    private func update(_ table: some LetterTable, with bytes: RawSpan) {
        table.add(
            bytes, spelling: Spellings.of(task.text), text: task.text, grain: task.grain, kernel: task.kernel)
    }

    private func content(of document: Document, _ stopwatch: inout Stopwatch) async throws -> [UInt8] {
        let started = stopwatch
        let (state, _) = try await DocumentReaders.reader(for: task.limits).read(document) {
            (bytes: [UInt8](), stopwatch: started)
        } update: { state, bytes in
            _ = state.stopwatch.pieceHasArrived()
            state.bytes.append(bytes)
        }
        stopwatch = state.stopwatch
        stopwatch.hasRead()
        return state.bytes
    }
}
