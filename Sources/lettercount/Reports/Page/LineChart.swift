// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Points over a horizontal axis, with lines that explain them.
struct LineChart: Sendable {
    struct Point: Sendable {
        var x: Double
        var figure: Figure
        /// A median among single runs.
        var isMedian: Bool
        var note: String
    }

    struct Line: Sendable {
        /// Also the class by which the style sheet knows it.
        var kind: String
        var name: String
        var points: [(x: Double, y: Double)]
    }

    var id: String
    var title: String
    var description: String
    var horizontal: (axis: Axis, name: String)
    var vertical: (axis: Axis, name: String)
    var points: [Point]
    var lines: [Line]

    /// In pixels, of the area in the picture.
    private static let top = 12.0
    private static let height = 230.0

    var markup: Markup {
        tag("figure", ["class": "panel line-chart"]) {
            tag("figcaption") {
                tag("h4") { title }
                tag("span", ["class": "legend"]) {
                    tag("span", ["class": "key measured"]) { "median" }
                    tag("span", ["class": "key run"]) { "single run" }
                    lines.map { line in tag("span", ["class": "key \(line.kind)"]) { line.name } }
                }
            }
            tag("div", ["class": "axis-name"]) { name(of: vertical) }
            SVG.picture("lines", id: id, title: title, description: description, height: Self.height + 36) {
                SVG.area("plot", x: 11, y: Self.top, width: 86, height: SVG.number(Self.height)) {
                    grid
                    curves
                    dots
                }
            }
            tag("div", ["class": "axis-name below"]) { name(of: horizontal) }
        }
    }

    private func name(of side: (axis: Axis, name: String)) -> String {
        side.axis.unit.name.isEmpty || side.axis.quantity == .ratio
            ? side.name : "\(side.name) in \(side.axis.unit.name)"
    }

    private func across(_ x: Double) -> String { SVG.percent(horizontal.axis.scale.percent(x)) }
    private func down(_ y: Double) -> String { SVG.percent(100 - vertical.axis.scale.percent(y)) }

    private var grid: [Markup] {
        let upright = horizontal.axis.scale.ticks.map { tick in
            Markup.joined([
                SVG.line(tick == 0 ? "origin" : "gridline", from: (across(tick), "0"), to: (across(tick), "100%")),
                SVG.text(
                    "tick", x: across(tick), y: Self.height + 16, anchor: "middle", horizontal.axis.label(tick)),
            ])
        }
        let level = vertical.axis.scale.ticks.map { tick in
            let y = Self.height * (1 - vertical.axis.scale.percent(tick) / 100)
            return Markup.joined([
                SVG.line(tick == 0 ? "origin" : "gridline", from: ("0", down(tick)), to: ("100%", down(tick))),
                SVG.text("tick", x: "-1.5%", y: y + 4, anchor: "end", vertical.axis.label(tick)),
            ])
        }
        return upright + level
    }

    /// Stretched to the area; the strokes are not.
    private var curves: Markup {
        let attributes: Attributes = [
            "viewBox": "0 0 100 100", "preserveAspectRatio": "none", "width": "100%", "height": "100%",
        ]
        return tag("svg", attributes + ["class": "curves"]) {
            lines.map { line in
                let places = line.points.map { point in
                    SVG.number(horizontal.axis.scale.percent(point.x)) + ","
                        + SVG.number(100 - vertical.axis.scale.percent(point.y))
                }
                return tag("polyline", ["class": line.kind, "points": places.joined(separator: " ")]) {
                    tag("title") { line.name }
                }
            }
        }
    }

    private var dots: [Markup] {
        points.sorted { !$0.isMedian && $1.isMedian }.map { point in
            let place: Attributes = [
                "class": point.isMedian ? "median" : "run", "cx": across(point.x), "cy": down(point.figure.value),
                "r": point.isMedian ? "4.5" : "2.2",
            ]
            return tag("circle", place + point.figure.attributes) { tag("title") { point.note } }
        }
    }
}
