// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// The letters of the corpus beside those of English.
struct LetterSection: Sendable {
    let corpus: CorpusFacts

    var markup: Markup {
        tag("section", ["id": "letters", "aria-labelledby": "letters-heading"]) {
            tag("h2", ["id": "letters-heading"]) { "Letter frequencies" }
            tag("p", ["class": "lead"]) { lead }
            tag("figure", ["class": "panel"]) {
                legend
                chart
                tag("p", ["class": "unit source"]) {
                    "Reference: the count of Robert Lewand, Cryptological Mathematics, 2000."
                }
            }
            tag("details") {
                tag("summary") { "Table of the letters" }
                table.markup
            }
        }
    }

    private var lead: String {
        guard let most = corpus.letters.max(by: { $0.count < $1.count }), most.count > 0 else {
            return "The documents have no letters."
        }
        return
            "The documents have \(Quantity.grouped(corpus.letters.total)) letters. The most frequent is “\(most.letter)” "
            + "with \(Quantity.share.text(corpus.letters.share(of: most.letter))) of them; in English texts at large "
            + "“e” is, with 12.7 %."
    }

    private var legend: Markup {
        tag("figcaption", ["class": "legend"]) {
            tag("span", ["class": "key corpus"]) { "these documents" }
            tag("span", ["class": "key english"]) { "English at large (reference)" }
            tag("span", ["class": "unit"]) { "% of all letters" }
        }
    }

    private var axis: Axis {
        let shares = corpus.letters.map { corpus.letters.share(of: $0.letter) }
        return Axis(.linear(to: max(0.127, shares.max() ?? 0), tickCount: 5), of: .share)
    }

    /// In pixels: of the picture, and of the bars' area.
    private static let height = 250.0
    private static let base = 222.0
    private static let top = 14.0

    private var chart: Markup {
        SVG.picture(
            "letters", id: "letters-chart", title: "Letter frequencies",
            description: "The share of each letter in these documents beside its share in English texts at large.",
            height: Self.height
        ) {
            SVG.area("plot", x: 5, width: 95, height: SVG.number(Self.height)) {
                grid
                corpus.letters.enumerated().map { column($0.offset, $0.element.letter) }
            }
        }
    }

    private func y(_ share: Double) -> Double {
        Self.base - axis.scale.percent(share) / 100 * (Self.base - Self.top)
    }

    private var grid: [Markup] {
        axis.scale.ticks.map { tick in
            let y = y(tick)
            return .joined([
                SVG.line(tick == 0 ? "origin" : "gridline", from: ("0", SVG.number(y)), to: ("100%", SVG.number(y))),
                SVG.text("tick", x: "-0.6%", y: y + 4, anchor: "end", axis.label(tick)),
            ])
        }
    }

    private func column(_ index: Int, _ letter: Character) -> Markup {
        let width = 100.0 / 26
        let left = Double(index) * width
        let share = corpus.letters.share(of: letter)
        let english = EnglishFrequencies.percentages[index] / 100
        let texts = "\(letter): \(Quantity.share.text(share)) here, \(Quantity.share.text(english)) in English"
        return tag("g", ["class": "column"]) {
            tag("title") { texts }
            bar("corpus", left + width * 0.1, width * 0.42, Figure(share, derived: "share.\(letter)"))
            bar("english", left + width * 0.54, width * 0.32, Figure(english, derived: "english.\(letter)"))
            SVG.text("letter", x: SVG.percent(left + width * 0.48), y: Self.base + 18, anchor: "middle", "\(letter)")
        }
    }

    private func bar(_ kind: String, _ left: Double, _ width: Double, _ figure: Figure) -> Markup {
        let top = y(figure.value)
        let place: Attributes = ["class": kind, "x": SVG.percent(left), "y": SVG.number(top)]
        let size: Attributes = ["width": SVG.percent(width), "height": SVG.number(Self.base - top)]
        return tag("rect", place + size + figure.attributes)
    }

    private var table: DataTable {
        DataTable(
            id: "letters-table", caption: "Letters of these documents, and of English texts at large",
            columns: ["Letter", "Count", "Share", "In English", "Difference"],
            rows: corpus.letters.enumerated().map { index, entry in
                let share = corpus.letters.share(of: entry.letter)
                let english = EnglishFrequencies.percentages[index] / 100
                let difference = (share - english) * 100
                return [
                    .header("\(entry.letter)"),
                    .number(Quantity.grouped(entry.count), Figure(entry.count, key: "corpus.letters.\(entry.letter)")),
                    .number(percent(share * 100), Figure(share, derived: "share")),
                    .number(percent(english * 100), Figure(english, derived: "english")),
                    .number(
                        (difference > 0 ? "+" : "") + Quantity.decimal(difference, places: 2),
                        Figure(share - english, derived: "difference")),
                ]
            })
    }

    private func percent(_ value: Double) -> String { Quantity.decimal(value, places: 2) + " %" }
}
