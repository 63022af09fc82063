// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import lettercount

@Suite struct ChromeTraceTests {
    private struct Trace: Decodable {
        var traceEvents: [Event]
        var displayTimeUnit: String
    }

    private struct Event: Decodable {
        struct Arguments: Decodable {
            var name: String?
        }

        var name: String
        var ph: String
        var ts: Double?
        var dur: Double?
        var pid: Int
        var tid: Int
        var cat: String?
        var args: Arguments?

        var end: Double { (ts ?? 0) + (dur ?? 0) }
    }

    private static func trace(_ comparison: Comparison) throws -> Trace {
        try JSONDecoder().decode(Trace.self, from: Data(ChromeTrace.json(for: comparison).utf8))
    }

    @Test func `each model is a process and each worker a thread, with their names`() throws {
        let trace = try Self.trace(SampleComparison.whole)
        #expect(trace.displayTimeUnit == "ms")
        let processes = trace.traceEvents.filter { $0.name == "process_name" }
        #expect(processes.count == 2 * SampleComparison.models.count)
        #expect(processes.first?.args?.name == "waiting sequential")
        let threads = trace.traceEvents.filter { $0.name == "thread_name" && $0.pid == 2 }
        #expect(threads.count == 8)
        #expect(threads.first?.args?.name == "thread 4711")
    }

    @Test func `on each track slices are sorted, and within one another or apart`() throws {
        let slices = try Self.trace(SampleComparison.whole).traceEvents.filter { $0.ph == "X" }
        let tracks = Dictionary(grouping: slices) { [$0.pid, $0.tid] }
        #expect(tracks.count > 100)
        for track in tracks.values {
            var open: [Event] = []
            for (previous, slice) in zip([track[0]] + track, track) {
                #expect((previous.ts ?? 0) <= (slice.ts ?? 0))
                while let last = open.last, last.end <= (slice.ts ?? 0) + 1e-4 { open.removeLast() }
                if let last = open.last { #expect(slice.end <= last.end + 1e-4) }
                open.append(slice)
            }
        }
    }

    @Test func `a document's parts fill it`() {
        let slices = ChromeTrace.slices(of: [OddComparisons.entry("a", start: 1)])
        #expect(slices.map(\.name) == ["a", "wait", "count", "merge"])
        #expect(slices[0].begin == 1_000_000_000)
        #expect(slices.dropFirst().reduce(0) { $0 + $1.end - $1.begin } == slices[0].end - slices[0].begin)
    }

    @Test func `documents that overlap by a clock's step are put apart`() {
        let slices = ChromeTrace.slices(of: [OddComparisons.entry("b", start: 0.003), OddComparisons.entry("a")])
        let documents = slices.filter { $0.entry != nil }
        #expect(documents.map(\.name) == ["a", "b"])
        #expect(documents[0].end == documents[1].begin)
    }

    @Test(arguments: OddComparisons.all.map(\.name))
    func `a trace is made of`(_ name: String) throws {
        let comparison = OddComparisons.named(name)
        let documents = comparison.workloads.flatMap(\.models).map(\.timeline.count).reduce(0, +)
        #expect(try Self.trace(comparison).traceEvents.count { $0.cat == "document" } == documents)
    }
}
