// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a workload's figures say, before it is put into words.
struct Finding: Sendable {
    let result: WorkloadResult
    let index: Int

    struct Ranked: Sendable {
        var position: Int
        var model: ModelResult

        var name: String { model.model.name }
    }

    private var ranked: [Ranked] { result.models.enumerated().map { Ranked(position: $0.offset, model: $0.element) } }

    /// The models that gave the exact table in every run, the fastest first.
    var exact: [Ranked] {
        ranked.filter { $0.model.verdict == .exact }.sorted { $0.model.seconds.median < $1.model.seconds.median }
    }

    /// The one that lost most first.
    var wrong: [Ranked] {
        ranked.filter { $0.model.verdict == .wrong }
            .sorted { $0.model.lostUpdates.median > $1.model.lostUpdates.median }
    }

    var failed: [Ranked] { ranked.filter { $0.model.verdict == .failed } }

    var fastest: Ranked? { exact.first }

    /// Exact models whose quartiles overlap those of the fastest: another comparison might put them first.
    var asFast: [Ranked] {
        guard let fastest else { return [] }
        return exact.dropFirst().filter { $0.model.seconds.lowerQuartile <= fastest.model.seconds.upperQuartile }
    }

    /// Wrong models that were faster than every exact one.
    var fasterButWrong: [Ranked] {
        guard let fastest else { return [] }
        return wrong.filter { $0.model.seconds.median < fastest.model.seconds.median }
    }

    /// The model with the least memory, and the one with the most; nil if memory was not measured of two at least.
    var memory: (leanest: Ranked, heaviest: Ranked)? {
        let measured = ranked.filter { $0.model.peakMemoryBytes != nil }
            .sorted { ($0.model.peakMemoryBytes ?? 0) < ($1.model.peakMemoryBytes ?? 0) }
        guard measured.count > 1, let first = measured.first, let last = measured.last else { return nil }
        return (first, last)
    }

    /// Over the baseline; nil for the baseline itself and where it has no runs.
    func speedUp(of ranked: Ranked) -> Sample? {
        guard let baseline = result.baseline, baseline.model != ranked.model.model else { return nil }
        let sample = ranked.model.speedUp(over: baseline)
        return sample.isEmpty ? nil : sample
    }

    /// The part of all updates that was missing in the median run.
    func lostShare(of ranked: Ranked) -> Double {
        let expected = ranked.model.expectedUpdates
        return expected > 0 ? ranked.model.lostUpdates.median / expected : 0
    }

    func key(_ ranked: Ranked) -> String { Key.model(index, ranked.position) }
}
