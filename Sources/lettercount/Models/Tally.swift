// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import Synchronization

/// What has been counted so far. Outcomes arrive in one task, while the progress looks on and Ctrl-C may come at any
/// time from the main thread.
final class Tally: Sendable {
    private struct State {
        var result: CountResult
        /// All letters of the counted documents, where the table may have fewer.
        var exactTotal: UInt64 = 0
        /// Bytes that were counted of documents that are not done.
        var underway: Int64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let table: TableHandle?
    private let start: ContinuousClock.Instant

    /// - Parameters:
    ///   - result: empty, with what is known of the run.
    ///   - table: where the letters are; nil if they come with the documents.
    init(_ result: CountResult, table: TableHandle? = nil, start: ContinuousClock.Instant = .now) {
        state = Mutex(State(result: result))
        self.table = table
        self.start = start
    }

    func add(_ counts: DocumentCounts) {
        state.withLock { state in
            state.result.letters += counts.letters
            state.result.documents += 1
            state.result.bytes += counts.byteCount
            state.exactTotal += counts.exactTotal
        }
    }

    func add(_ sum: CountSum) {
        state.withLock { state in
            state.result.letters += sum.letters
            state.result.documents += sum.documents
            state.result.bytes += sum.byteCount
        }
    }

    func add(_ failure: FailedDocument) {
        state.withLock { $0.result.failures.append(failure) }
    }

    /// For the progress only: more bytes of documents that are not done, or fewer when they are.
    func addUnderway(_ byteCount: Int64) { state.withLock { $0.underway += byteCount } }

    /// For the progress: documents that are done with, and the bytes that are counted.
    var progress: (documents: Int, bytes: UInt64, elapsed: Duration) {
        state.withLock {
            (
                $0.result.documents + $0.result.failures.count, $0.result.bytes + UInt64(max(0, $0.underway)),
                .now - start
            )
        }
    }

    /// The result, for the first who asks: the end of the run and Ctrl-C may come at the same moment, and only one of them is
    /// to report.
    ///
    /// Where there is a common table, an interrupted run's letters may be more than those of its documents: what the workers
    /// are just counting is in it already. How many of those were lost cannot be told then.
    func close(isComplete: Bool) -> CountResult? {
        state.withLock { state in
            if state.isClosed { return nil }
            state.isClosed = true
            state.result.isComplete = isComplete
            state.result.elapsed = .now - start
            if let table { state.result.letters += table.counts }
            if state.result.model?.isSynchronised == false, isComplete {
                let total = state.result.letters.total
                state.result.lostUpdates = state.exactTotal > total ? state.exactTotal - total : 0
            }
            // They came in the order of chance; the same run is to give the same report.
            state.result.failures.sort()
            return state.result
        }
    }
}
