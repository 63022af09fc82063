// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The timelines of all models that have one; a script shows one at a time, and without it all but the first are folded.
struct TimelineSection: Sendable {
    let workloads: [WorkloadResult]

    private struct Part {
        var workload: Int
        var position: Int
        var title: String
        var result: ModelResult

        var id: String { "timeline-\(workload)-\(position)" }
    }

    private static let tableRows = 200

    private var parts: [Part] {
        workloads.enumerated().flatMap { workload, result in
            result.models.enumerated().compactMap { position, model in
                if model.timeline.isEmpty { return nil }
                let title = "\(result.workload.title): \(model.model.name)"
                return Part(workload: workload, position: position, title: title, result: model)
            }
        }
    }

    /// The one that is unfolded at first: that of the fastest exact model, where there is most to see.
    private var shown: Part? {
        let fastest = workloads.enumerated().compactMap { index, result in
            Finding(result: result, index: index).fastest.map { "timeline-\(index)-\($0.position)" }
        }
        return parts.first { fastest.contains($0.id) } ?? parts.first
    }

    @MarkupBuilder var markup: Markup {
        let parts = parts
        if !parts.isEmpty {
            tag("section", ["id": "timelines", "aria-labelledby": "timelines-heading"]) {
                tag("h2", ["id": "timelines-heading"]) { "Timeline of the workers" }
                tag("p", ["class": "lead"]) {
                    "What each worker did when, in the run with the median time: waiting for a document, receiving it, "
                    "counting it, and bringing the counts into the common table. Where workers share a table, that happens "
                    "while they count, so nothing remains to be merged."
                }
                controls(parts)
                legend
                parts.map { panel($0, isShown: $0.id == shown?.id, of: parts.count) }
            }
        }
    }

    private func controls(_ parts: [Part]) -> Markup {
        tag("div", ["class": "controls", "id": "timeline-controls", "hidden": "hidden"]) {
            tag("label", ["for": "timeline-choice"]) { "Model " }
            tag("select", ["id": "timeline-choice"]) {
                workloads.enumerated().map { index, result in
                    tag("optgroup", ["label": result.workload.title]) {
                        parts.filter { $0.workload == index }.map { part in
                            let isShown = part.id == shown?.id
                            return tag("option", ["value": part.id, "selected": isShown ? "selected" : nil]) {
                                part.title
                            }
                        }
                    }
                }
            }
            tag("span", ["class": "buttons"]) {
                for (action, text, name) in [
                    ("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("left", "←", "Earlier"), ("right", "→", "Later"),
                    ("all", "All", "Show all"),
                ] {
                    tag("button", ["type": "button", "data-zoom": action, "aria-label": name, "title": name]) { text }
                }
            }
            tag("span", ["class": "hint"]) {
                "Drag over a range to look at it closely; Ctrl and the wheel zoom; a double click shows all. "
                "Keys: + and −, the arrows, 0."
            }
        }
    }

    private var legend: Markup {
        tag("div", ["class": "legend phases"]) {
            for (name, text) in [
                ("wait", "wait for the first byte"), ("transfer", "transfer"), ("count", "count"), ("merge", "merge"),
            ] {
                tag("span", ["class": "key \(name)"]) { text }
            }
        }
    }

    private func panel(_ part: Part, isShown: Bool, of count: Int) -> Markup {
        let timeline = Timeline(part.result.timeline, drawing: Timeline.most(timelines: count))
        let key = Key.model(part.workload, part.position) + ".timeline"
        let chart = TimelineChart(timeline: timeline, model: part.result.model.name, id: part.id, key: key)
        let attributes: Attributes = [
            "class": "timeline-panel", "id": part.id + "-panel", "data-timeline": part.id,
            "open": isShown ? "open" : nil,
        ]
        return tag("details", attributes) {
            tag("summary") { part.title }
            if timeline.isCut {
                tag("p", ["class": "notice"]) {
                    "Only the first \(Quantity.grouped(timeline.entries.count)) of \(Quantity.grouped(timeline.count)) "
                    "documents are drawn. The data within this page has all of them."
                }
            }
            chart.markup
            tag("details") {
                tag("summary") { "Table of the documents" }
                table(part, timeline, key).markup
            }
        }
    }

    private func table(_ part: Part, _ timeline: Timeline, _ key: String) -> DataTable {
        let rows = timeline.entries.prefix(Self.tableRows)
        let cut = timeline.count > rows.count ? ", the first \(rows.count) of \(Quantity.grouped(timeline.count))" : ""
        return DataTable(
            id: part.id + "-table", caption: "\(part.title): documents in the order of time\(cut)",
            columns: ["Document", "Worker", "Start", "Wait", "Transfer", "Count", "Merge"],
            rows: rows.map { index, entry in
                let numbers = [("start", entry.start)] + entry.parts.map { ($0.name, $0.seconds) }
                return [.header(entry.document), .text(entry.workerName)]
                    + numbers.map { name, seconds in
                        let figure = Figure(seconds, key: "\(key).\(index).\(name)", model: part.result.model.name)
                        return .number(Quantity.seconds.text(seconds), figure)
                    }
            })
    }
}
