// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing
import Testing

@testable import lettercount

@Suite struct TallyTests {
    private static func counts(_ text: String) -> DocumentCounts {
        DocumentCounts(letters: LetterCounter.count(Array(text.utf8)), byteCount: UInt64(text.utf8.count))
    }

    @Test func `it adds up what was counted and keeps what failed`() throws {
        let tally = Tally(CountResult(model: CountingModel(.threads), workers: 2))
        tally.add(Self.counts("aab"))
        tally.add(Self.counts("b!"))
        tally.add(FailedDocument(source: "x", reason: "y"))
        #expect(tally.progress.documents == 3 && tally.progress.bytes == 5)
        let result = try #require(tally.close(isComplete: true))
        #expect(result.letters["a"] == 2 && result.letters["b"] == 2 && result.letters.total == 4)
        #expect(result.documents == 2 && result.bytes == 5 && result.isComplete)
        #expect(result.failures == [FailedDocument(source: "x", reason: "y")])
        #expect(result.ending == .someFailed && CountResult().ending == .success)
    }

    @Test func `failures are reported in the order of their sources, whatever came first`() {
        let failures = ["a", "b", "b", "c"].map { FailedDocument(source: $0, reason: "not found") }
        let tally = Tally(CountResult())
        for failure in failures.reversed() { tally.add(failure) }
        #expect(tally.close(isComplete: true)?.failures == failures)
    }

    @Test func `only the first who closes it gets the result`() async {
        let tally = Tally(CountResult())
        let closed = await withTaskGroup(of: Bool?.self) { group in
            for index in 0..<100 { group.addTask { tally.close(isComplete: index % 2 == 0)?.isComplete } }
            return await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
        }
        #expect(closed == 1)
    }

    @Test func `a document's own failure is told in its words`() async throws {
        let task = CountTask(text: .letters, grain: .document, limits: ReadLimits())
        let source = NumberedSource(index: 0, source: .document(.file("/no/such/file")))
        let counts = try await InlinePool().run(CountBatch(items: SourceBatch([source]), task: task, wholeUpTo: .max))
        let failed = counts.entries.compactMap { _, entry -> FailedDocument? in
            guard case .failed(let failure) = entry else { return nil }
            return FailedDocument("/no/such/file", .threw(WorkError(failure)))
        }
        #expect(failed == [FailedDocument(source: "/no/such/file", reason: "no such file")])
    }

    @Test func `what a table without synchronisation lost is the difference to what was counted`() throws {
        let table = try RacingTable()
        table.add(LetterCounter.count(Array("abc".utf8)))
        let tally = Tally(CountResult(model: CountingModel(.threads, sync: TableSync.none)), table: .racing(table))
        tally.add(DocumentCounts(letters: LetterCounts(), byteCount: 5, exactTotal: 5))
        let result = try #require(tally.close(isComplete: true))
        #expect(result.letters.total == 3 && result.lostUpdates == 2)
        let interrupted = Tally(
            CountResult(model: CountingModel(.threads, sync: TableSync.none)), table: .racing(table))
        #expect(interrupted.close(isComplete: false)?.lostUpdates == nil)
        let synchronised = Tally(CountResult(model: CountingModel(.threads)))
        #expect(synchronised.close(isComplete: true)?.lostUpdates == nil)
    }

    @Test func `every ending is in the table, with a code of its own`() {
        #expect(Ending.allCases.map(\.rawValue) == [0, 1, 64, 65, 66, 70, 74, 130, 143])
        #expect(Ending.table.split(separator: "\n").count == Ending.allCases.count)
    }
}
