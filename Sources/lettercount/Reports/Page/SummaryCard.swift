// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One workload in a few sentences.
struct SummaryCard: Sendable {
    let finding: Finding

    private var workload: Workload { finding.result.workload }

    var markup: Markup {
        tag("article", ["class": "card"]) {
            tag("h3") { workload.title }
            tag("p", ["class": "task"]) { task }
            if let fastest = finding.fastest { headline(fastest) }
            tag("ul") {
                fastestLines
                wrongLines
                memoryLines
                finding.failed.map { failed in
                    tag("li", ["class": "failed"]) {
                        tag("strong") { "! \(failed.name) failed" }
                        ": \(failed.model.failure ?? "it has no run.")"
                        if failed.model.lostUpdates.greatest > 0 {
                            " In the runs before, up to \(Quantity.count.text(failed.model.lostUpdates.greatest)) "
                            "updates were lost."
                        }
                    }
                }
            }
        }
    }

    private var task: String {
        let workers = finding.result.workers
        return workload.explanation
            + " \(workers) worker\(workers == 1 ? "" : "s"); a table that they share is updated for "
            + "each \(finding.result.grain.rawValue)."
    }

    private func headline(_ fastest: Finding.Ranked) -> Markup {
        let median = fastest.model.seconds.median
        let speedUp = finding.speedUp(of: fastest)
        let time = Figure(median, key: finding.key(fastest) + ".seconds.median", model: fastest.name)
        return tag("div", ["class": "headline"]) {
            if let speedUp {
                let figure = Figure(speedUp.median, key: finding.key(fastest) + ".speedUp.median", model: fastest.name)
                tag("span", ["class": "big"] + figure.attributes) { Quantity.ratio.text(speedUp.median) }
            } else {
                tag("span", ["class": "big"] + time.attributes) { Quantity.seconds.text(median) }
            }
            tag("span", ["class": "winner"]) {
                tag("strong") { fastest.name }
                tag("span", ["class": "small"]) {
                    "the fastest exact model"
                    if speedUp != nil, let baseline = finding.result.baseline {
                        ", compared with \(baseline.model.name)"
                    }
                }
            }
        }
    }

    // MARK: Fastest

    @MarkupBuilder private var fastestLines: Markup {
        if let fastest = finding.fastest {
            tag("li") {
                tag("strong") { fastest.name }
                " took "
                number(fastest, "seconds.median", fastest.model.seconds.median, .seconds)
                fastest.model.runs.count == 1 ? " (one run)" : " (median of \(fastest.model.runs.count))"
                speed(of: fastest)
                "."
                if !finding.asFast.isEmpty {
                    " Within the spread, as fast: \(list(finding.asFast))."
                }
            }
        } else {
            tag("li") { "No model gave the exact table in every run." }
        }
        if !finding.fasterButWrong.isEmpty {
            tag("li") { "Faster still, but wrong: \(list(finding.fasterButWrong))." }
        }
    }

    @MarkupBuilder private func speed(of fastest: Finding.Ranked) -> Markup {
        if let speedUp = finding.speedUp(of: fastest), let baseline = finding.result.baseline {
            ": "
            number(fastest, "speedUp.median", speedUp.median, .ratio)
            " as fast as \(baseline.model.name) (quartiles "
            number(fastest, "speedUp.lowerQuartile", speedUp.lowerQuartile, nil)
            " to "
            number(fastest, "speedUp.upperQuartile", speedUp.upperQuartile, nil)
            ")"
        } else if finding.result.models.count > 1 {
            ": no other exact model was faster"
        }
    }

    // MARK: Wrong

    @MarkupBuilder private var wrongLines: Markup {
        if finding.wrong.isEmpty {
            if finding.exact.count > 1 {
                tag("li") {
                    "✓ All \(finding.exact.count) models that ran to the end gave the exact table in every run."
                }
            }
        }
        if let first = finding.wrong.first {
            let count = finding.wrong.count
            tag("li", ["class": "wrong"]) {
                tag("strong") { count == 1 ? "✗ One model was wrong" : "✗ \(count) models were wrong" }
                everyRunWasWrong ? " in every run." : "."
                " Of the \(Quantity.grouped(first.model.expectedUpdates)) updates that a run makes, the median run lost:"
                tag("ul", ["class": "losses"]) { finding.wrong.map(loss) }
            }
        }
    }

    private var everyRunWasWrong: Bool { finding.wrong.allSatisfy { $0.model.exactRuns == 0 } }

    private func loss(_ wrong: Finding.Ranked) -> Markup {
        let share = Figure(finding.lostShare(of: wrong), derived: "lostShare", model: wrong.name)
        let runs = wrong.model.runs.count
        let surplus = wrong.model.runs.map(\.surplusUpdates).max() ?? 0
        return tag("li") {
            tag("span", ["class": "who"]) { wrong.name }
            tag("span", ["class": "lost"]) {
                number(wrong, "lostUpdates.median", wrong.model.lostUpdates.median, .count)
                " ("
                tag("span", share.attributes) { Quantity.share.text(share.value) }
                if surplus > 0 { ", and a run counted \(Quantity.grouped(surplus)) too many, which is a defect" }
                everyRunWasWrong ? ")" : "), wrong in \(runs - wrong.model.exactRuns) of \(runs) runs"
            }
        }
    }

    // MARK: Memory

    @MarkupBuilder private var memoryLines: Markup {
        if let (leanest, heaviest) = finding.memory {
            tag("li") {
                "Memory: from "
                number(leanest, "peakMemoryBytes", leanest.model.peakMemoryBytes ?? 0)
                " (\(leanest.name)) to "
                number(heaviest, "peakMemoryBytes", heaviest.model.peakMemoryBytes ?? 0)
                " (\(heaviest.name))."
            }
        }
    }

    private func number(_ ranked: Finding.Ranked, _ part: String, _ value: Double, _ quantity: Quantity?) -> Markup {
        let figure = Figure(value, key: finding.key(ranked) + "." + part, model: ranked.name)
        let text =
            switch quantity {
            case .ratio?: Quantity.significant(value) + " times"
            case let quantity?: quantity.text(value)
            case nil: Quantity.significant(value)
            }
        return tag("span", ["class": "figure"] + figure.attributes) { text }
    }

    private func number(_ ranked: Finding.Ranked, _ part: String, _ bytes: UInt64) -> Markup {
        let figure = Figure(bytes, key: finding.key(ranked) + "." + part, model: ranked.name)
        return tag("span", ["class": "figure"] + figure.attributes) { Quantity.bytes.text(Double(bytes)) }
    }

    private func list(_ models: some Sequence<Finding.Ranked>) -> String {
        models.map(\.name).joined(separator: ", ")
    }
}
