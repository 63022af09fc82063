// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a newcomer should know before any chart: who was fastest, who was wrong and why, and what it cost.
struct SummarySection: Sendable {
    let comparison: Comparison

    private var findings: [Finding] {
        comparison.workloads.enumerated().map { Finding(result: $0.element, index: $0.offset) }
    }

    var markup: Markup {
        tag("section", ["id": "summary", "aria-labelledby": "summary-heading"]) {
            tag("h2", ["id": "summary-heading"]) { "In short" }
            if !findings.isEmpty {
                tag("div", ["class": "cards"]) { findings.map { SummaryCard(finding: $0).markup } }
            }
            if findings.contains(where: { !$0.wrong.isEmpty }) { lostUpdates }
            if !comparison.scalings.isEmpty {
                tag("div", ["class": "cards"]) {
                    comparison.scalings.enumerated().map { scaling($0.element, $0.offset) }
                }
            }
            if comparison.workloads.isEmpty && comparison.scalings.isEmpty {
                tag("p") { "Nothing was measured." }
            }
        }
    }

    private var lostUpdates: Markup {
        tag("div", ["class": "explanation"]) {
            tag("h3") { "Why updates are lost" }
            tag("p") {
                "To count a letter is to read its count, add to it, and write the sum back. When two workers read the same "
                "count, both write the same sum, and one of the two updates is lost. A lock around the three steps, "
                "one indivisible (atomic) addition, or a table of its own for each worker prevents it; models that end "
                "in “none” do nothing about it."
            }
        }
    }

    private func scaling(_ scaling: Scaling, _ index: Int) -> Markup {
        let law = Amdahl(scaling)
        let name = scaling.model.name
        return tag("article", ["class": "card"]) {
            tag("h3") { "Scaling of \(name)" }
            tag("ul") {
                if let last = law.points.last, law.points.count > 1 {
                    let speedUp = law.speedUp(Sample(last.seconds).median)
                    let figure = Figure(speedUp, derived: "speedUp", model: name)
                    tag("li") {
                        "With \(last.workers) workers it is "
                        tag("strong", figure.attributes) { Quantity.significant(speedUp) }
                        " times as fast as with \(law.fewest)."
                    }
                }
                if let share = scaling.serialShare {
                    let figure = Figure(share, key: Key.scaling(index) + ".serialShare", model: name)
                    tag("li") {
                        tag("strong", figure.attributes) { Quantity.share.text(share) }
                        " of the work does not become faster with more workers."
                    }
                }
            }
        }
    }
}
