// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The timelines as the trace events that Perfetto and Chrome's tracing read: a process for each model, a thread for each
/// worker, a slice for each document with its parts within it. Times are in microseconds.
enum ChromeTrace {
    static func json(for comparison: Comparison) -> String {
        let models = comparison.workloads.flatMap { result in
            result.models.filter { !$0.timeline.isEmpty }.map { (result.workload.name, $0) }
        }
        let events = models.enumerated().flatMap { index, model in
            Self.events(of: model.1, workload: model.0, process: index + 1)
        }
        let document: JSONValue = ["traceEvents": .array(events), "displayTimeUnit": "ms"]
        return document.text + "\n"
    }

    private static func events(of result: ModelResult, workload: String, process: Int) -> [JSONValue] {
        let title = "\(workload) \(result.model.name)"
        let threads = Timeline(result.timeline, drawing: 0).workers
        let heads: [JSONValue] = [
            metadata("process_name", process, 0, ["name": .string(title)]),
            metadata("process_sort_index", process, 0, ["sort_index": JSONValue(process)]),
        ]
        let names = threads.flatMap { worker -> [JSONValue] in
            [
                metadata("thread_name", process, worker.number + 1, ["name": .string(worker.name)]),
                metadata("thread_sort_index", process, worker.number + 1, ["sort_index": JSONValue(worker.number)]),
            ]
        }
        let slices = threads.flatMap { worker -> [JSONValue] in
            Self.slices(of: result.timeline.filter { $0.worker == worker.number })
                .map { $0.event(process: process, thread: worker.number + 1) }
        }
        return heads + names + slices
    }

    private static func metadata(_ name: String, _ process: Int, _ thread: Int, _ arguments: JSONValue) -> JSONValue {
        [
            "name": .string(name), "ph": "M", "pid": JSONValue(process), "tid": JSONValue(thread), "args": arguments,
        ]
    }

    /// Those of one worker in the order of time, the outer ones first.
    ///
    /// Ends are computed from beginnings in whole nanoseconds, never apart from them, and no document begins before the one
    /// before it has ended: so slices are either within one another or apart, as the viewers insist.
    static func slices(of entries: [TimelineEntry]) -> [TraceSlice] {
        var end: Int64 = 0
        return entries.sorted { $0.start < $1.start }.flatMap { entry in
            var seconds = entry.start
            var bounds = [max(end, nanoseconds(seconds))]
            for part in entry.parts {
                seconds += part.seconds
                bounds.append(max(bounds[bounds.count - 1], nanoseconds(seconds)))
            }
            let begin = bounds[0]
            end = bounds[bounds.count - 1]
            let parts = entry.parts.indices.map {
                TraceSlice(name: entry.parts[$0].name, begin: bounds[$0], end: bounds[$0 + 1], entry: nil)
            }
            return [TraceSlice(name: entry.document, begin: begin, end: end, entry: entry)]
                + parts.filter { $0.end > $0.begin }
        }
    }

    private static func nanoseconds(_ seconds: Double) -> Int64 {
        seconds.isFinite ? Int64((min(max(seconds, 0), 1e9) * 1e9).rounded()) : 0
    }
}

/// A span of time on a worker's line.
struct TraceSlice: Sendable {
    var name: String
    /// In nanoseconds.
    var begin: Int64
    var end: Int64
    /// Nil for the parts of a document.
    var entry: TimelineEntry?

    func event(process: Int, thread: Int) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .string(name)), ("cat", entry == nil ? "part" : "document"), ("ph", "X"),
            ("ts", Self.microseconds(begin)), ("dur", Self.microseconds(end - begin)), ("pid", JSONValue(process)),
            ("tid", JSONValue(thread)),
        ]
        if let entry {
            let seconds = entry.parts.map { ("\($0.name)Seconds", JSONValue($0.seconds)) }
            members.append(("args", .object([("worker", .string(entry.workerName))] + seconds)))
        }
        return .object(members)
    }

    private static func microseconds(_ nanoseconds: Int64) -> JSONValue {
        .number("\(nanoseconds / 1_000)." + Decimals.right("\(nanoseconds % 1_000)", width: 3, fill: "0"))
    }
}
