// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The figures of a comparison as words, the same in every table for people.
enum ComparisonRows {
    static let head = [
        "model", "time", "± quartiles", "speed-up", "CPU time", "memory", "start", "letters", "lost updates", "verdict",
    ]

    /// Which of the columns are left out first where there is no room for all.
    static let dispensable = [6, 7, 4, 2, 5]

    static func cells(of result: ModelResult, in workload: WorkloadResult) -> [String] {
        if let failure = result.failure, result.runs.isEmpty {
            return [result.model.name] + Array(repeating: "", count: 8) + ["failed: \(failure)"]
        }
        let sample = result.seconds
        return [
            result.model.name, time(sample.median), time(sample.halfSpread), speedUp(of: result, in: workload),
            time(result.processorSeconds.median),
            result.peakMemoryBytes.map { Decimals.bytes(Double($0)) } ?? "?", time(result.startSeconds.median),
            "\(result.runs.last?.letters ?? 0)", lost(result.lostUpdates), verdict(result),
        ]
    }

    static func title(of result: WorkloadResult, corpus: CorpusFacts) -> String {
        let documents = "\(corpus.documents) document\(corpus.documents == 1 ? "" : "s")"
        let work =
            switch result.workload {
            case .waiting(let delay): "over HTTP, each answered after \(delay) ms"
            case .computing(let passes): "in memory, each counted \(passes == 1 ? "once" : "\(passes) times")"
            }
        return "\(result.workload.name): \(documents), \(Decimals.bytes(Double(corpus.bytes))), \(work); "
            + "\(result.workers) workers, an update for each \(result.grain.rawValue)"
    }

    private static func speedUp(of result: ModelResult, in workload: WorkloadResult) -> String {
        guard let baseline = workload.baseline else { return "" }
        let sample = result.speedUp(over: baseline)
        if sample.isEmpty { return "" }
        return Decimals.text(sample.median, places: 2) + " ± " + Decimals.text(sample.halfSpread, places: 2)
    }

    static func verdict(_ result: ModelResult) -> String {
        let failed = result.failure.map { ", then failed: \($0)" } ?? ""
        if result.exactRuns == result.runs.count { return "exact" + failed }
        let wrong = result.runs.count - result.exactRuns
        let expected = result.expectedUpdates
        let part = expected > 0 ? result.lostUpdates.greatest / expected * 100 : 0
        return "WRONG in \(wrong) of \(result.runs.count), up to \(Decimals.text(part, places: 2)) % lost" + failed
    }

    /// The median; all there is between the least and the greatest where the runs differ in whether anything was lost.
    private static func lost(_ sample: Sample) -> String {
        let (least, greatest) = (Decimals.text(sample.least, places: 0), Decimals.text(sample.greatest, places: 0))
        return sample.least == 0 && sample.greatest > 0
            ? "\(least)–\(greatest)" : Decimals.text(sample.median, places: 0)
    }

    static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.000_999_5: Decimals.text(seconds * 1e6, places: 0) + " µs"
        case ..<0.999_5: Decimals.text(seconds * 1e3, places: seconds < 0.0995 ? 1 : 0) + " ms"
        default: Decimals.text(seconds, places: 2) + " s"
        }
    }
}
