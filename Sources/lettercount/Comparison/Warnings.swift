// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a reader of the figures has to know, each with what to do about it.
enum Warnings {
    static func all(for comparison: Comparison) -> [String] {
        machine(comparison.machine) + timeline(comparison) + comparison.workloads.flatMap(workload)
            + comparison.scalings.flatMap(scaling)
            + (comparison.isComplete
                ? [] : ["The comparison was interrupted; only what was measured until then is shown."])
    }

    private static func machine(_ machine: MachineFacts) -> [String] {
        var warnings: [String] = []
        if !machine.isOptimised {
            warnings.append(
                "This program was built without optimisation, so its times mean little; build it with swift build -c release."
            )
        }
        if machine.usableProcessors == 1 {
            warnings.append(
                "Only one processor may be used, so nothing runs at the same time and updates are hardly ever lost; run it where "
                    + "there are more.")
        }
        return warnings
    }

    private static func timeline(_ comparison: Comparison) -> [String] {
        let isCut = comparison.workloads.contains { $0.models.contains { $0.timeline.count == RunTimeline.most } }
        guard isCut, comparison.corpus.documents > RunTimeline.most else { return [] }
        return [
            "The timelines show the first \(RunTimeline.most) of \(comparison.corpus.documents) documents; compare fewer to see all of them."
        ]
    }

    private static func scaling(_ scaling: Scaling) -> [String] {
        let spreads = (scaling.overWorkers + scaling.overBytes).filter { $0.seconds.count > 2 }
            .map { Sample($0.seconds).relativeSpread }
        guard let worst = spreads.max(), worst > 0.25 else { return [] }
        return [
            "scale: the times of \(scaling.model.name) vary by up to \(Decimals.text(worst * 100, places: 0)) %, so that the lines through "
                + "them mean little; close other programs, or raise --runs."
        ]
    }

    /// Some of them by name.
    private static func names(of models: [ModelResult]) -> String {
        models.count <= 3 ? models.map(\.model.name).joined(separator: ", ") : "\(models.count) models"
    }

    private static func workload(_ result: WorkloadResult) -> [String] {
        let name = result.workload.name
        var warnings: [String] = []
        let unsteady = result.models.filter { $0.runs.count > 2 && $0.spread > 0.25 }
        if let worst = unsteady.max(by: { $0.spread < $1.spread }) {
            let percent = Decimals.text(worst.spread * 100, places: 0)
            warnings.append(
                "\(name): the times of \(unsteady.count) of \(result.models.count) models vary widely, those of "
                    + "\(worst.model.name) by \(percent) %; close other programs, or raise --runs.")
        }
        let few = result.models.filter { (1..<RunCount.fewest).contains($0.runs.count) }
        if !few.isEmpty {
            warnings.append(
                "\(name): \(names(of: few)) ran fewer than \(RunCount.fewest) times, too few to say how much the times vary; raise "
                    + "--runs or --within, or choose fewer models with --model.")
        }
        if let baseline = result.baseline, !baseline.runs.isEmpty, baseline.seconds.median < 0.005 {
            warnings.append(
                "\(name): \(baseline.model.name) takes less than 5 ms, so starting the workers decides; raise --passes, or count more."
            )
        }
        for model in result.models where model.model.isSynchronised && model.exactRuns < model.runs.count {
            warnings.append(
                "\(name): \(model.model.name) is synchronised and was wrong in \(model.runs.count - model.exactRuns) runs: this is a "
                    + "defect; please report it.")
        }
        return warnings
    }
}

extension ModelResult {
    var spread: Double { seconds.relativeSpread }
}
