// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct ProgressStateTests {
    @Test func `with a known number it tells the time that is left`() {
        let state = ProgressState(documents: 5, documentCount: 20, bytes: 1_500_000, seconds: 2)
        #expect(state.line(columns: 80) == "5/20 documents, 1.5 MB, 750 kB/s, 6 s left")
    }

    @Test func `without one, or before the first document, it does not`() {
        let unknown = ProgressState(documents: 5, documentCount: nil, bytes: 1_000, seconds: 2)
        #expect(unknown.line(columns: 80) == "5 documents, 1.0 kB, 500 B/s")
        let early = ProgressState(documents: 0, documentCount: 3, bytes: 0, seconds: 0)
        #expect(early.line(columns: 80) == "0/3 documents, 0 B")
    }

    @Test(arguments: [0, 1, 10, 40])
    func `it never reaches the last column`(columns: Int) {
        let state = ProgressState(documents: 5, documentCount: 20, bytes: 1_500_000, seconds: 2)
        #expect(state.line(columns: columns).count <= max(0, columns - 1))
    }
}
