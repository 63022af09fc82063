// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What Amdahl's law says of a scaling: the speed-up over the fewest workers that were measured.
struct Amdahl: Sendable {
    /// By number of workers, ascending.
    let points: [ScalePoint]
    let serialShare: Double?

    init(_ scaling: Scaling) {
        points = scaling.overWorkers.filter { $0.workers > 0 && !$0.seconds.isEmpty }.sorted { $0.workers < $1.workers }
        serialShare = scaling.serialShare
    }

    var fewest: Int { points.first?.workers ?? 1 }
    var most: Int { points.last?.workers ?? 1 }

    /// Of a time, as compared with the median of the fewest workers.
    func speedUp(_ seconds: Double) -> Double {
        guard let first = points.first, seconds > 0 else { return 0 }
        return Sample(first.seconds).median / seconds
    }

    /// If all work were divided among all workers.
    func ideal(_ workers: Double) -> Double { workers / Double(fewest) }

    /// With the serial share as it was fitted.
    func fitted(_ workers: Double) -> Double? {
        guard let serialShare else { return nil }
        let time = { (workers: Double) in serialShare + (1 - serialShare) / workers }
        return time(workers) > 0 ? time(Double(fewest)) / time(workers) : nil
    }

    /// However many workers there are; nil where there is no limit.
    var limit: Double? { serialShare.flatMap { $0 > 0 ? 1 / $0 : nil } }
}
