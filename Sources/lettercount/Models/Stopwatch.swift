// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// When a worker did what with one document, in nanoseconds. The clock is the same in all processes.
///
/// Reading and counting alternate, piece by piece: the parts are sums, and the real order is finer.
struct DocumentTiming: BitwiseCopyable, Codable, Sendable {
    /// The thread, by `Caller.identity`; for tasks, which go from thread to thread, the place.
    var worker: UInt64 = 0
    /// 0 for tasks.
    var process: Int32 = 0
    /// The moment when the worker began.
    var start: Int64 = 0
    /// Until the first byte was there.
    var wait: Int64 = 0
    /// From the first byte to the last one, without the counting.
    var transfer: Int64 = 0
    var count: Int64 = 0
    /// Until the counts were in the common table.
    var merge: Int64 = 0

    var end: Int64 { start + wait + transfer + count + merge }
}

/// Takes the times of one document.
struct Stopwatch: Sendable {
    private let start = Caller.nanoseconds
    private var firstByte: Int64?
    private var hasReadAt: Int64?
    private var countedWhileReading: Int64 = 0
    private var countedAfterwards: Int64 = 0
    private var merged: Int64 = 0

    /// - Returns: The present moment.
    mutating func pieceHasArrived() -> Int64 {
        let now = Caller.nanoseconds
        if firstByte == nil { firstByte = now }
        return now
    }

    mutating func hasCounted(since moment: Int64) { countedWhileReading += Caller.nanoseconds - moment }

    mutating func hasRead() { hasReadAt = Caller.nanoseconds }

    mutating func counting<Result>(_ body: () -> Result) -> Result {
        let began = Caller.nanoseconds
        defer { countedAfterwards += Caller.nanoseconds - began }
        return body()
    }

    mutating func merging(_ body: () throws -> Void) rethrows {
        let began = Caller.nanoseconds
        try body()
        merged += Caller.nanoseconds - began
    }

    /// For the thread that asks, or for the task with this place.
    func timing(at place: Int?) -> DocumentTiming {
        let read = hasReadAt ?? start
        let first = firstByte ?? read
        return DocumentTiming(
            worker: place.map { UInt64($0) } ?? Caller.identity, process: place == nil ? Caller.processIdentifier : 0,
            start: start, wait: first - start,
            transfer: max(0, read - first - countedWhileReading), count: countedWhileReading + countedAfterwards,
            merge: merged)
    }
}
