// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Which documents of a model's timeline are drawn, and on which line.
struct Timeline: Sendable {
    /// With their places in the JSON.
    let entries: [(index: Int, entry: TimelineEntry)]
    /// How many documents there are, drawn or not.
    let count: Int
    /// In their order.
    let workers: [(number: Int, name: String)]
    /// The end of the last document.
    let span: Double

    /// Draws the first documents in the order of time.
    init(_ all: [TimelineEntry], drawing most: Int) {
        count = all.count
        let ordered = all.enumerated().sorted { $0.element.start < $1.element.start }
        entries = ordered.prefix(most).map { (index: $0.offset, entry: $0.element) }
        var names: [Int: String] = [:]
        for (_, entry) in ordered where names[entry.worker] == nil { names[entry.worker] = entry.workerName }
        workers = names.sorted { $0.key < $1.key }.map { (number: $0.key, name: $0.value) }
        let end = all.map(\.end).max() ?? 0
        span = end > 0 && end.isFinite ? end : 1e-6
    }

    var isCut: Bool { entries.count < count }

    /// So many of each, so that a page with many models does not become too much for a browser.
    static func most(timelines: Int) -> Int { min(2_000, max(100, 24_000 / max(1, timelines))) }
}

extension TimelineEntry {
    /// In their order, with the classes by which the style sheet knows them.
    var parts: [(name: String, seconds: Double)] {
        [("wait", wait), ("transfer", transfer), ("count", count), ("merge", merge)]
    }

    var end: Double { start + wait + transfer + count + merge }
}

/// Where the workers' lanes are, in pixels.
struct Lanes: Sendable {
    let count: Int
    /// How many lanes stand below one label.
    let group: Int
    let laneHeight: Double

    init(count: Int) {
        self.count = count
        group = count <= 40 ? 1 : 16
        laneHeight = count <= 16 ? 20 : count <= 40 ? 14 : 6
    }

    private static let labelHeight = 17.0
    private static let gap = 5.0

    private var groupHeight: Double { Self.labelHeight + Double(group) * laneHeight + Self.gap }
    private var groups: Int { (count + group - 1) / group }

    var height: Double { Double(groups) * groupHeight }

    func top(of lane: Int) -> Double {
        Double(lane / group) * groupHeight + Self.labelHeight + Double(lane % group) * laneHeight
    }

    /// The lane where each group begins, and its label's base line.
    var labels: [(lane: Int, y: Double)] {
        (0..<groups).map { ($0 * group, Double($0) * groupHeight + Self.labelHeight - 5) }
    }
}
