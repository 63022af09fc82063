// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LetterCounting
import Multiprocessing
import Testing

@testable import lettercount

@Suite struct ReportTests {
    /// 3 a, 1 z.
    private static var result: CountResult {
        var letters = LetterCounts()
        letters["a"] = 3
        letters["z"] = 1
        return CountResult(
            letters: letters, documents: 2, bytes: 10, elapsed: .milliseconds(1_500), isComplete: true, failures: [],
            model: CountingModel(.processes), workers: 3, text: .pythonRepr)
    }

    // MARK: JSON

    @Test func `JSON has every member, in the documented order`() {
        var result = Self.result
        result.failures = [FailedDocument(source: "a \"b\"\\", reason: "tab\t, bell\u{7}, \u{9b}2K, \u{1f600}\nend")]
        let text = JSONReport().text(for: result)
        let zeros = "bcdefghijklmnopqrstuvwxy".map { "    \"\($0)\": 0,\n" }.joined()
        #expect(
            text == """
                {
                  "letters": {
                    "a": 3,
                \(zeros)    "z": 1
                  },
                  "total": 4,
                  "documents": 2,
                  "bytes": 10,
                  "elapsedSeconds": 1.500000,
                  "model": "processes",
                  "workers": 3,
                  "startMethod": "forkserver",
                  "ipc": "messages",
                  "sync": "sharded",
                  "grain": "document",
                  "lostUpdates": null,
                  "text": "python-repr",
                  "complete": true,
                  "failures": [
                    { "source": "a \\"b\\"\\\\", "reason": "tab\\t, bell\\u0007, \\u009b2K, \u{1f600}\\nend" }
                  ],
                  "engine": null
                }

                """)
    }

    @Test func `another decoder reads the same back`() throws {
        var result = Self.result
        result.model = CountingModel(.threads, sync: TableSync.none)
        result.lostUpdates = 17
        result.isComplete = false
        let nasty = (0..<0x250).compactMap(UnicodeScalar.init).reduce(into: "") { $0.unicodeScalars.append($1) }
        result.failures = [
            FailedDocument(source: nasty, reason: "\r\n\u{2028}"), FailedDocument(source: "", reason: ""),
        ]
        let report = try Report(Array(JSONReport().text(for: result).utf8))
        #expect(report.failures == [.init(source: nasty, reason: "\r\n\u{2028}"), .init(source: "", reason: "")])
        #expect(report.table == result.letters.map(\.count))
        #expect(report.startMethod == nil && !report.complete && report.elapsedSeconds == 1.5)
        #expect(report.ipc == nil && report.sync == "none" && report.grain == "letter" && report.lostUpdates == 17)
    }

    // MARK: CSV

    @Test func `CSV has a line for each letter, and shares that sum up to one`() throws {
        let lines = CSVReport().text(for: Self.result).split(separator: "\n")
        #expect(lines.count == 27)
        #expect(lines[0] == "letter,count,share")
        #expect(lines[1] == "a,3,0.750000" && lines[2] == "b,0,0.000000" && lines[26] == "z,1,0.250000")
    }

    // MARK: Table

    @Test(arguments: [10, 24, 40, 80, 200])
    func `no line of the table is longer than the terminal`(columns: Int) {
        var result = Self.result
        result.failures = [FailedDocument(source: "x", reason: "y")]
        result.isComplete = false
        for hasBlocks in [true, false] {
            let text = TableReport(surroundings: .init(columns: columns, hasBlocks: hasBlocks)).text(for: result)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= max(columns, 25) })
            #expect(text.contains("a      3   75.00 %"))
            #expect(text.contains("interrupted, not complete"))
        }
    }

    @Test func `the most frequent letter has the longest bar, and the others are in proportion`() {
        let text = TableReport(surroundings: .init(columns: 80, hasBlocks: false)).text(for: Self.result)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let bars = lines.map { $0.filter { $0 == "#" }.count }
        #expect(bars[1] == 60 && bars[26] == 20 && bars[2] == 0)
        #expect(!lines.contains { $0.hasSuffix(" ") })
        #expect(lines.suffix(2) == ["2 documents, 10 bytes, 4 letters, 1.500 seconds", ""])
        let blocks = TableReport(surroundings: .init(columns: 80, hasBlocks: true)).text(for: Self.result)
        #expect(blocks.contains(String(repeating: "█", count: 60) + "\n"))
    }

    @Test func `nothing counted is a table of zeros`() {
        let text = TableReport(surroundings: .init()).text(for: CountResult())
        #expect(text.contains("q      0    0.00 %\n"))
        #expect(text.contains("0 documents, 0 bytes, 0 letters, 0.000 seconds"))
    }

    // MARK: Numbers

    @Test(arguments: [(0, "0.00"), (0.005, "0.01"), (99.999, "100.00"), (7.5, "7.50"), (12.34, "12.34")])
    func `decimals are rounded`(value: Double, text: String) { #expect(Decimals.text(value, places: 2) == text) }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (12_345, "12 kB"), (2_100_000, "2.1 MB"), (2e10, "20 GB"),
        (9.9e18, "9.9 EB"),
    ])
    func `sizes read well`(value: Double, text: String) { #expect(Decimals.bytes(value) == text) }

    @Test(arguments: [(0, "0 s"), (59.4, "59 s"), (65, "1 min 05 s"), (3_720, "1 h 02 min"), (-1, "0 s")])
    func `times read well`(value: Double, text: String) { #expect(Decimals.time(value) == text) }
}
