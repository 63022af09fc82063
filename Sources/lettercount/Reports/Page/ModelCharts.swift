// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The five measures of a workload's models, side by side.
struct ModelCharts: Sendable {
    let result: WorkloadResult
    let index: Int

    @MarkupBuilder var markup: Markup {
        let charts = [time, speedUp, memory, processor, lostUpdates].filter { $0.rows.contains { $0.figure != nil } }
        if !charts.isEmpty {
            tag("div", ["class": "matrix"]) {
                names
                charts.map { pointingOutTheFastest($0).markup }
            }
        }
    }

    private var fastest: Int? { Finding(result: result, index: index).fastest?.position }

    private func pointingOutTheFastest(_ chart: BarChart) -> BarChart {
        var chart = chart
        if let fastest { chart.rows[fastest].isFastest = true }
        return chart
    }

    /// The list that the rows of all charts share where there is room.
    private var names: Markup {
        tag("div", ["class": "names"]) {
            tag("div", ["class": "head"]) { tag("h4") { "Model" } }
            tag("ul") {
                result.models.enumerated().map { position, model in
                    let isFirst = position > 0 && result.models[position - 1].model.model != model.model.model
                    let marks = (isFirst ? " first" : "") + (position == fastest ? " fastest" : "")
                    return tag("li", ["class": model.model.model.rawValue + marks]) {
                        tag("span", ["class": "swatch"])
                        tag("span", ["class": "model-name", "title": model.model.name]) { model.model.name }
                        tag("span", ["class": "verdict \(model.verdict.rawValue)"]) { model.verdict.text }
                    }
                }
            }
        }
    }

    private var time: BarChart {
        let medians = result.models.filter { !$0.runs.isEmpty }.flatMap(\.seconds.sorted)
        return BarChart(
            id: "time-\(index)", title: "Time",
            description: "Median time of each model as a bar, quartiles as a whisker, each run as a point.",
            axis: Axis(.fitting(medians, ratio: 20), of: .seconds),
            rows: rows("seconds", .seconds, \.seconds) { Figure($0.seconds, key: $1, model: $2) })
    }

    private var processor: BarChart {
        let all = result.models.flatMap(\.processorSeconds.sorted)
        return BarChart(
            id: "processor-\(index)", title: "Processor time",
            description: "Median processor time of all processes of each model, quartiles as a whisker.",
            axis: Axis(.fitting(all, ratio: 20, tickCount: 2), of: .seconds), plotShare: 56,
            rows: rows("processorSeconds", .seconds, \.processorSeconds) {
                Figure($0.processorSeconds, key: $1, model: $2)
            })
    }

    private var speedUp: BarChart {
        let baseline = result.baseline
        let samples = result.models.map { model in baseline.map { model.speedUp(over: $0) } ?? Sample([]) }
        let name = baseline?.model.name ?? "the first"
        let rows = zip(result.models.enumerated(), samples).map { model, sample in
            row(model.element, at: model.offset, "speedUp", .ratio, sample, points: [])
        }
        let measured = samples.filter { !$0.isEmpty }.flatMap { [$0.lowerQuartile, $0.upperQuartile] }
        return BarChart(
            id: "speedup-\(index)", title: "Speed-up", unit: "× \(name)",
            description: "How many times as fast as \(name) each model was, round by round: median, quartiles.",
            axis: Axis(.fitting(measured + [1], ratio: 20, tickCount: 3), of: .ratio), origin: 1, plotShare: 61,
            rows: rows)
    }

    private var memory: BarChart {
        let sizes = result.models.map { Double($0.peakMemoryBytes ?? 0) }
        let rows = result.models.enumerated().map { position, model in
            let figure = model.peakMemoryBytes.map {
                Figure($0, key: Key.model(index, position) + ".peakMemoryBytes", model: model.model.name)
            }
            let text = figure.map { Quantity.bytes.text($0.value) } ?? "–"
            return BarChart.Row(
                model: model.model, verdict: model.verdict, figure: figure, text: text,
                note: "\(model.model.name): peak memory \(figure == nil ? "not measured" : text)")
        }
        return BarChart(
            id: "memory-\(index)", title: "Peak memory",
            description: "The greatest memory of all processes of a run together.",
            axis: Axis(.fitting(sizes, ratio: 60, tickCount: 2), of: .bytes), plotShare: 45, rows: rows)
    }

    private var lostUpdates: BarChart {
        let all = result.models.flatMap(\.lostUpdates.sorted)
        var rows = rows("lostUpdates", .count, \.lostUpdates) { Figure($0.lostUpdates, key: $1, model: $2) }
        for position in rows.indices where result.models[position].lostUpdates.greatest == 0 {
            // Points and whiskers at zero would look like something.
            (rows[position].points, rows[position].quartiles) = ([], nil)
        }
        for position in rows.indices where result.models[position].lostUpdates.greatest > 0 {
            rows[position].isMarked = true
            rows[position].text = "✗ " + Self.short(result.models[position].lostUpdates.median)
        }
        return BarChart(
            id: "lost-\(index)", title: "Lost updates",
            description: "The updates that are missing in the median run: what is not zero is wrong.",
            axis: Axis(.fitting(all, ratio: 100, tickCount: 2), of: .count), plotShare: 38, rows: rows)
    }

    /// Eight digits and more have no room beside their bar; the tables have them.
    private static func short(_ count: Double) -> String {
        count < 1e7 ? Quantity.count.text(count) : Quantity.grouped((count / 1e6).rounded()) + " million"
    }

    private func rows(
        _ key: String, _ quantity: Quantity, _ sample: (ModelResult) -> Sample,
        _ point: (_ run: ModelRun, _ key: String, _ model: String) -> Figure
    ) -> [BarChart.Row] {
        result.models.enumerated().map { position, model in
            let runs = Key.model(index, position) + ".runs."
            let figures = model.runs.enumerated().map { number, run in
                point(run, "\(runs)\(number).\(key)", model.model.name)
            }
            return row(model, at: position, key, quantity, sample(model), points: figures)
        }
    }

    private func row(
        _ model: ModelResult, at position: Int, _ key: String, _ quantity: Quantity, _ sample: Sample,
        points: [Figure]
    ) -> BarChart.Row {
        let name = model.model.name
        guard !sample.isEmpty else {
            return BarChart.Row(
                model: model.model, verdict: model.verdict, text: "–", note: "\(name): \(model.failure ?? "no run")")
        }
        let place = Key.model(index, position) + "." + key
        let figures = ["median", "lowerQuartile", "upperQuartile"].map { part in
            let value = part == "median" ? sample.median : sample.quantile(part == "lowerQuartile" ? 0.25 : 0.75)
            return Figure(value, key: "\(place).\(part)", model: name)
        }
        let texts = figures.map { quantity.text($0.value) }
        return BarChart.Row(
            model: model.model, verdict: model.verdict, figure: figures[0], text: texts[0],
            quartiles: sample.sorted.count > 1 ? (figures[1], figures[2]) : nil, points: points,
            note: "\(name): median \(texts[0]), quartiles \(texts[1]) to \(texts[2]) (\(model.verdict.rawValue))")
    }
}
