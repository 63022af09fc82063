// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One model's timeline: a lane for each worker, and on it each document's wait, transfer, count and merge.
struct TimelineChart: Sendable {
    let timeline: Timeline
    let model: String
    let id: String
    /// Where the JSON has the entries.
    let key: String

    private var lanes: Lanes { Lanes(count: timeline.workers.count) }

    var markup: Markup {
        let lanes = lanes
        let axis = Axis(.linear(to: timeline.span / 1.03, tickCount: 6), of: .seconds)
        let frame: Attributes = [
            "class": "timeline-frame", "tabindex": "0", "role": "group", "aria-label": "Timeline of \(model)",
            "data-span": JSONValue(timeline.span).text,
        ]
        return tag("div", frame) {
            SVG.picture("timeline-axis", id: id + "-axis", title: "Time axis", description: note, height: 22) {
                tag("g", ["class": "ticks"]) {
                    axis.scale.ticks.map { tick in
                        let x = axis.scale.percent(tick)
                        let anchor = x < 3 ? "start" : x > 94 ? "end" : "middle"
                        return SVG.text(
                            "tick", x: SVG.percent(x), y: 14, anchor: anchor, "\(axis.label(tick)) \(axis.unit.name)")
                    }
                }
            }
            tag("div", ["class": "lanes"]) {
                SVG.picture("timeline", id: id, title: "Timeline of \(model)", description: note, height: lanes.height)
                {
                    tag("g", ["class": "ticks"]) {
                        axis.scale.ticks.map { tick in
                            let x = SVG.percent(axis.scale.percent(tick))
                            return SVG.line("gridline", from: (x, "0"), to: (x, "100%"))
                        }
                    }
                    labels(lanes)
                    drawing(lanes)
                }
            }
        }
    }

    private var note: String {
        "\(timeline.entries.count) of \(timeline.count) documents on \(timeline.workers.count) workers within "
            + "\(Quantity.seconds.text(timeline.span))."
    }

    private func labels(_ lanes: Lanes) -> [Markup] {
        lanes.labels.map { lane, y in
            let last = min(lane + lanes.group, lanes.count) - 1
            let names = timeline.workers[lane].name
            let text = last > lane ? "\(names) … \(timeline.workers[last].name)" : names
            return SVG.text("lane", x: "0", y: y, text)
        }
    }

    /// Across in milliseconds, stretched to the width: to zoom is to change the view box.
    private func drawing(_ lanes: Lanes) -> Markup {
        let numbers = Dictionary(
            uniqueKeysWithValues: timeline.workers.enumerated().map { ($0.element.number, $0.offset) })
        let attributes: Attributes = [
            "class": "drawing", "preserveAspectRatio": "none", "width": "100%", "height": SVG.number(lanes.height),
            "viewBox": "0 0 \(SVG.number(timeline.span * 1_000)) \(SVG.number(lanes.height))",
        ]
        return tag("svg", attributes) {
            timeline.entries.map { index, entry in
                document(entry, index, top: lanes.top(of: numbers[entry.worker] ?? 0), height: lanes.laneHeight - 2)
            }
        }
    }

    private func document(_ entry: TimelineEntry, _ index: Int, top: Double, height: Double) -> Markup {
        var start = entry.start
        var bars: [Markup] = []
        for (name, seconds) in entry.parts {
            // Thin, middling and full: to be told apart without colours too.
            let part = name == "wait" ? 0.3 : name == "transfer" ? 0.6 : 1
            if seconds > 0 {
                let attributes: Attributes = [
                    "class": name, "x": SVG.number(start * 1_000), "width": SVG.number(seconds * 1_000),
                    "y": SVG.number(top + height * (1 - part)), "height": SVG.number(height * part),
                ]
                bars.append(tag("rect", attributes))
            }
            start += seconds
        }
        let texts = entry.parts.map { "\($0.name) \(Quantity.seconds.text($0.seconds))" }
        return tag("g", ["class": "document"] + Self.values(of: entry) + ["data-key": "\(key).\(index)"]) {
            tag("title") {
                entry.document
                Markup.lineBreak
                entry.workerName
                Markup.lineBreak
                texts.joined(separator: ", ")
            }
            bars
        }
    }

    private static func values(of entry: TimelineEntry) -> Attributes {
        [
            "data-start": JSONValue(entry.start).text, "data-wait": JSONValue(entry.wait).text,
            "data-transfer": JSONValue(entry.transfer).text, "data-count": JSONValue(entry.count).text,
            "data-merge": JSONValue(entry.merge).text,
        ]
    }
}
