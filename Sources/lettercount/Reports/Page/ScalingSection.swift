// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How the time of each model changes with workers and with work.
struct ScalingSection: Sendable {
    let scalings: [Scaling]

    var markup: Markup {
        tag("section", ["id": "scaling", "aria-labelledby": "scaling-heading"]) {
            tag("h2", ["id": "scaling-heading"]) { "Scaling" }
            tag("p", ["class": "lead"]) {
                "How much more workers help, and what more work costs. Were all of the work divided, twice as many workers "
                "would take half the time: that is the ideal line. Amdahl’s law says what remains of it when a part of "
                "the work, the serial share, is done by one worker alone however many there are."
            }
            scalings.enumerated().map { ScalingPart(scaling: $0.element, index: $0.offset).markup }
        }
    }
}

/// One model's.
struct ScalingPart: Sendable {
    let scaling: Scaling
    let index: Int

    var name: String { scaling.model.name }

    var markup: Markup {
        tag("div", ["class": "scaling"]) {
            tag("h3") { name }
            tag("p") { sentences }
            tag("div", ["class": "pair"]) {
                if !scaling.overWorkers.isEmpty { speedUpChart.markup }
                if !scaling.overBytes.isEmpty { timeChart.markup }
            }
            tag("details") {
                tag("summary") { "Tables of \(name)" }
                if !scaling.overWorkers.isEmpty { table("workers", "overWorkers", scaling.overWorkers).markup }
                if !scaling.overBytes.isEmpty { table("work", "overBytes", scaling.overBytes).markup }
            }
        }
    }

    private var sentences: [Markup] {
        var parts: [Markup] = []
        if let share = scaling.serialShare {
            let limit = Amdahl(scaling).limit.map {
                $0 < 1_000 ? ": at most \(Quantity.significant($0)) times as fast" : ""
            }
            parts += [
                Markup("Fitted serial share: "),
                number(Quantity.share.text(share), share, "serialShare"),
                Markup((limit ?? "") + ". "),
            ]
        }
        if let fixed = scaling.fixedSeconds, let each = scaling.secondsPerByte {
            parts += [
                Markup("Fitted time: "), number(Quantity.seconds.text(fixed), fixed, "fixedSeconds"),
                Markup(" whatever the amount of work, and "),
                number(Self.nanoseconds(each), each, "secondsPerByte"), Markup(" for each byte."),
            ]
        }
        return parts
    }

    private static func nanoseconds(_ seconds: Double) -> String { Quantity.significant(seconds * 1e9) + " ns" }

    private func number(_ text: String, _ value: Double, _ key: String) -> Markup {
        tag("strong", Figure(value, key: "\(Key.scaling(index)).\(key)", model: name).attributes) { text }
    }

    // MARK: Over workers

    private var speedUpChart: LineChart {
        let law = Amdahl(scaling)
        let steps = (0...48).map { Double(law.fewest) + Double(law.most - law.fewest) * Double($0) / 48 }
        let fitted = steps.compactMap { step in law.fitted(step).map { (x: step, y: $0) } }
        var lines = [LineChart.Line(kind: "ideal", name: "ideal", points: steps.map { ($0, law.ideal($0)) })]
        if fitted.count > 1 {
            lines.append(LineChart.Line(kind: "fitted", name: "Amdahl’s law, fitted", points: fitted))
        }
        let points = speedUpPoints(law)
        let greatest = (points.map(\.figure.value) + [law.ideal(Double(law.most))]).max() ?? 1
        let workers = ChartScale.linear(to: Double(max(law.most, 1)), tickCount: min(8, max(law.most, 1)))
        return LineChart(
            id: "scaling-workers-\(index)", title: "Speed-up over workers",
            description: "How many times as fast \(name) is with more workers: measured, ideal and as fitted.",
            horizontal: (Axis(workers, of: .count), "workers"),
            vertical: (Axis(.linear(to: greatest, tickCount: 5), of: .ratio), "times as fast as with \(law.fewest)"),
            points: points, lines: lines)
    }

    private func speedUpPoints(_ law: Amdahl) -> [LineChart.Point] {
        law.points.flatMap { point -> [LineChart.Point] in
            let median = law.speedUp(Sample(point.seconds).median)
            let runs = point.seconds.map { self.point(law.speedUp($0), at: point, isMedian: false) }
            return runs + [self.point(median, at: point, isMedian: true)]
        }
    }

    private func point(_ speedUp: Double, at point: ScalePoint, isMedian: Bool) -> LineChart.Point {
        LineChart.Point(
            x: Double(point.workers), figure: Figure(speedUp, derived: "speedUp", model: name), isMedian: isMedian,
            note: "\(point.workers) workers: \(Quantity.ratio.text(speedUp))")
    }

    // MARK: Over work

    private var timeChart: LineChart {
        let points = timePoints
        let most = points.map(\.x).max() ?? 1
        var lines: [LineChart.Line] = []
        if let fixed = scaling.fixedSeconds, let each = scaling.secondsPerByte {
            let ends = [0, most].map { (x: $0, y: max(0, fixed + each * $0)) }
            lines.append(LineChart.Line(kind: "fitted", name: "straight line, fitted", points: ends))
        }
        return LineChart(
            id: "scaling-bytes-\(index)", title: "Time over work",
            description: "The time of \(name) over the bytes that were counted: measured and as fitted.",
            horizontal: (Axis(.linear(to: most, tickCount: 5), of: .bytes), "counted, all passes together,"),
            vertical: (Axis(.linear(to: points.map(\.figure.value).max() ?? 1, tickCount: 5), of: .seconds), "time"),
            points: points, lines: lines)
    }

    private var timePoints: [LineChart.Point] {
        scaling.overBytes.enumerated().flatMap { position, point -> [LineChart.Point] in
            let place = "\(Key.scaling(index)).overBytes.\(position)."
            func make(_ seconds: Double, _ key: String, isMedian: Bool) -> LineChart.Point {
                LineChart.Point(
                    x: Double(point.bytes), figure: Figure(seconds, key: place + key, model: name), isMedian: isMedian,
                    note: "\(Quantity.bytes.text(Double(point.bytes))): \(Quantity.seconds.text(seconds))")
            }
            let runs = point.seconds.enumerated().map { make($0.element, "seconds.\($0.offset)", isMedian: false) }
            return point.seconds.isEmpty ? [] : runs + [make(Sample(point.seconds).median, "median", isMedian: true)]
        }
    }

    // MARK: Tables

    private func table(_ what: String, _ key: String, _ points: [ScalePoint]) -> DataTable {
        let law = Amdahl(scaling)
        let isOverWorkers = key == "overWorkers"
        return DataTable(
            id: "scaling-\(what)-table-\(index)", caption: "\(name): time over \(what)",
            columns: ["Workers", "Bytes", "Median time", "Least", "Greatest", "Runs"]
                + (isOverWorkers ? ["Speed-up"] : []),
            rows: points.enumerated().map { position, point in
                let place = "\(Key.scaling(index)).\(key).\(position)."
                let row = cells(point, place)
                guard isOverWorkers, !point.seconds.isEmpty else { return row }
                let speedUp = law.speedUp(Sample(point.seconds).median)
                return row + [
                    .number(Quantity.ratio.text(speedUp), Figure(speedUp, derived: "speedUp", model: name))
                ]
            })
    }

    private func cells(_ point: ScalePoint, _ place: String) -> [DataTable.Cell] {
        let sample = Sample(point.seconds)
        func seconds(_ value: Double, key: String?) -> DataTable.Cell {
            if sample.isEmpty { return .nothing }
            let figure = key.map { Figure(value, key: place + $0, model: name) }
            return .number(Quantity.seconds.text(value), figure ?? Figure(value, derived: "extreme", model: name))
        }
        return [
            .number("\(point.workers)", Figure(point.workers, key: place + "workers", model: name)),
            .number(Quantity.grouped(point.bytes), Figure(point.bytes, key: place + "bytes", model: name)),
            seconds(sample.median, key: "median"), seconds(sample.least, key: nil), seconds(sample.greatest, key: nil),
            .number("\(point.seconds.count)", Figure(Double(point.seconds.count), derived: "runs", model: name)),
        ]
    }
}
