// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A measure of several models: a row for each with a bar, the quartiles as a whisker and each run as a point.
///
/// Where there is room, several of these stand beside one list of names with their rows on its lines; where there is not,
/// each shows the names over its bars. The style sheet decides, so the rows' places are its affair too.
struct BarChart: Sendable {
    struct Row: Sendable {
        var model: CountingModel
        var verdict: Verdict
        /// Nil where nothing was measured: then the text alone says so.
        var figure: Figure?
        /// What stands at the end of the row.
        var text: String
        var quartiles: (lower: Figure, upper: Figure)?
        var points: [Figure] = []
        /// Whether the bar is to stand out as wrong.
        var isMarked = false
        /// Whether it is the fastest of the exact models.
        var isFastest = false
        /// What is behind the row in words.
        var note: String
    }

    var id: String
    var title: String
    /// What stands beside the title instead of the axis's unit.
    var unit: String?
    var description: String
    var axis: Axis
    /// Where bars begin: zero, or one for ratios.
    var origin = 0.0
    /// How much of the width the bars have; the rest is for the texts at their ends.
    var plotShare = 73.0
    var rows: [Row]

    /// As the style sheet has them where there is room.
    private static let pitch = 26.0
    private static let top = 24.0

    var markup: Markup {
        tag("figure", ["class": "bars"]) {
            tag("figcaption") {
                tag("h4") { title }
                tag("span", ["class": "unit"]) { axis.note(unit) }
            }
            SVG.picture(
                "rows", id: id, title: title, description: description,
                height: Self.top + Double(rows.count) * Self.pitch, style: "--rows:\(rows.count)"
            ) {
                grid
                rows.enumerated().map { row($0.element, at: $0.offset) }
            }
        }
    }

    private var grid: Markup {
        SVG.area("grid", width: plotShare, height: "100%") {
            axis.scale.ticks.map { tick in
                let x = SVG.percent(axis.scale.percent(tick))
                let isOrigin = tick == origin
                let isAtEdge = axis.scale.percent(tick) < 2 && axis.label(tick).count > 1
                return Markup.joined([
                    SVG.line(isOrigin ? "origin" : "gridline", from: (x, "18"), to: (x, "100%")),
                    SVG.text("tick", x: x, y: 12, anchor: isAtEdge ? "start" : "middle", axis.label(tick)),
                ])
            }
            if !axis.scale.ticks.contains(origin), origin >= axis.scale.lower {
                let x = SVG.percent(axis.scale.percent(origin))
                SVG.line("origin", from: (x, "18"), to: (x, "100%"))
            }
        }
    }

    private func row(_ row: Row, at index: Int) -> Markup {
        let isFirstOfKind = index > 0 && rows[index - 1].model.model != row.model.model
        let kinds = [row.model.model.rawValue, row.isMarked ? "marked" : "", row.isFastest ? "fastest" : ""]
        let attributes: Attributes = [
            "class": "row " + kinds.filter { !$0.isEmpty }.joined(separator: " "), "style": "--i:\(index)",
            "transform": "translate(0 \(SVG.number(Self.top + Double(index) * Self.pitch)))",
            "data-model": row.model.name,
        ]
        return tag("g", attributes) {
            tag("title") { row.note }
            if isFirstOfKind { SVG.line("separator", from: ("0", "0"), to: ("100%", "0")) }
            SVG.text("name \(row.verdict.rawValue)", x: "5", y: 15, name(of: row))
            tag("g", ["class": "shift"]) {
                SVG.area("plot", y: 3, width: plotShare, height: "20") { marks(of: row) }
                tag("text", ["class": "value", "x": "100%", "y": "15", "text-anchor": "end"]) { row.text }
            }
        }
    }

    /// With a sign where the model cannot be trusted.
    private func name(of row: Row) -> String {
        row.verdict == .exact ? row.model.name : "\(row.verdict.sign) \(row.model.name)"
    }

    @MarkupBuilder private func marks(of row: Row) -> Markup {
        if let figure = row.figure { bar(figure) }
        if let quartiles = row.quartiles { whisker(quartiles.lower, quartiles.upper) }
        row.points.map { point in
            let place: Attributes = ["class": "point", "cx": SVG.percent(axis.scale.percent(point.value)), "cy": "16"]
            return tag("circle", place + ["r": "1.7"] + point.attributes)
        }
    }

    /// On a logarithmic scale only its end means something, so it is a thin line with a dot.
    private func bar(_ figure: Figure) -> Markup {
        let ends = [axis.scale.percent(origin), axis.scale.percent(figure.value)].sorted()
        let isLine = axis.scale.isLogarithmic
        let place: Attributes = [
            "class": "bar", "x": SVG.percent(ends[0]), "y": isLine ? "6" : "3", "width": SVG.percent(ends[1] - ends[0]),
            "height": isLine ? "3" : "9",
        ]
        let bar = tag("rect", place + figure.attributes)
        let end: Attributes = [
            "class": "bar", "cx": SVG.percent(axis.scale.percent(figure.value)), "cy": "7.5", "r": "4.5",
        ]
        return isLine && figure.value > 0 ? .joined([bar, tag("circle", end)]) : bar
    }

    @MarkupBuilder private func whisker(_ lower: Figure, _ upper: Figure) -> Markup {
        let from = SVG.percent(axis.scale.percent(lower.value))
        let to = SVG.percent(axis.scale.percent(upper.value))
        // Two ends within a dot would look like a mark of their own.
        let isWithinDot =
            axis.scale.isLogarithmic && axis.scale.percent(upper.value) - axis.scale.percent(lower.value) < 3
        SVG.line("whisker", from: (from, "7.5"), to: (to, "7.5"))
        for (x, figure) in [(from, lower), (to, upper)] {
            let place: Attributes = [
                "class": isWithinDot ? "whisker tight" : "whisker", "x1": x, "x2": x, "y1": "4.5", "y2": "10.5",
            ]
            tag("line", place + figure.attributes)
        }
    }
}
