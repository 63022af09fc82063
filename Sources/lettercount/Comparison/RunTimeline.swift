// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// The stamps of a run's documents, brought into the order of workers and of time.
struct RunTimeline {
    /// More documents are not kept: nobody could see them apart, and a page of all models would be larger than the corpus.
    static let most = 2_000

    let entries: [TimelineEntry]
    /// Until the last of the workers had begun its first document.
    let startSeconds: Double

    init(_ output: MeasuredRun.Output, names: [String]) {
        let stamps = output.timings.sorted { ($0.value.start, $0.key) < ($1.value.start, $1.key) }
        let isThread = Set(stamps.map(\.value.process)).count <= 1
        var places: [UInt64: Int] = [:]
        var lastStart = output.began
        entries = stamps.map { index, timing in
            let isFirst = places[timing.worker] == nil
            if isFirst {
                places[timing.worker] = places.count
                lastStart = max(lastStart, timing.start)
            }
            return TimelineEntry(
                document: index < names.count ? names[index] : "\(index)", worker: places[timing.worker] ?? 0,
                workerName: Self.workerName(timing, isThread: isThread),
                start: Self.seconds(timing.start - output.began),
                wait: Self.seconds(timing.wait), transfer: Self.seconds(timing.transfer),
                count: Self.seconds(timing.count),
                merge: Self.seconds(timing.merge))
        }
        startSeconds = Self.seconds(lastStart - output.began)
    }

    private static func workerName(_ timing: DocumentTiming, isThread: Bool) -> String {
        if timing.process == 0 { return "task \(timing.worker + 1)" }
        return isThread ? "thread \(Caller.threadNumber(of: timing.worker))" : "process \(timing.process)"
    }

    private static func seconds(_ nanoseconds: Int64) -> Double { Double(max(0, nanoseconds)) / 1e9 }
}
