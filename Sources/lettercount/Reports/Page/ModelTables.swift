// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The numbers of a workload's charts.
struct ModelTables: Sendable {
    let result: WorkloadResult
    let index: Int

    @MarkupBuilder var markup: Markup {
        tag("details") {
            tag("summary") { "Table of the models" }
            medians.markup
        }
        tag("details") {
            tag("summary") { "Table of every run" }
            runs.markup
        }
    }

    private var medians: DataTable {
        DataTable(
            id: "models-table-\(index)",
            caption: "\(result.workload.title): medians of each model’s runs, and quartiles",
            columns: [
                "Model", "Verdict", "Workers", "Time", "Time, lower quartile", "Time, upper quartile", "Start",
                "Processor time", "Speed-up", "Speed-up, lower quartile", "Speed-up, upper quartile", "Peak memory",
                "Lost updates", "Exact runs",
            ],
            rows: result.models.enumerated().map { medianRow($0.element, at: $0.offset) })
    }

    private func medianRow(_ model: ModelResult, at position: Int) -> [DataTable.Cell] {
        let place = Key.model(index, position)
        let name = model.model.name
        func cells(_ key: String, _ quantity: Quantity, _ sample: Sample, _ parts: [String]) -> [DataTable.Cell] {
            parts.map { part in
                if sample.isEmpty { return .nothing }
                let value = part == "median" ? sample.median : sample.quantile(part == "lowerQuartile" ? 0.25 : 0.75)
                return .number(quantity.text(value), Figure(value, key: "\(place).\(key).\(part)", model: name))
            }
        }
        let all = ["median", "lowerQuartile", "upperQuartile"]
        let speedUp = result.baseline.map { model.speedUp(over: $0) } ?? Sample([])
        let start: [DataTable.Cell] = [
            .header(name), .verdict(model.verdict),
            .number("\(model.workers)", Figure(model.workers, key: place + ".workers", model: name)),
        ]
        let end: [DataTable.Cell] = [
            model.peakMemoryBytes.map {
                .number(Quantity.bytes.text(Double($0)), Figure($0, key: place + ".peakMemoryBytes", model: name))
            } ?? .nothing
        ]
        let exact = Figure(model.exactRuns, key: place + ".exactRuns", model: name)
        return start + cells("seconds", .seconds, model.seconds, all)
            + cells("startSeconds", .seconds, model.startSeconds, ["median"])
            + cells("processorSeconds", .seconds, model.processorSeconds, ["median"])
            + cells("speedUp", .ratio, speedUp, all) + end
            + cells("lostUpdates", .count, model.lostUpdates, ["median"])
            + [.number("\(model.exactRuns) of \(model.runs.count)", exact)]
    }

    private var runs: DataTable {
        DataTable(
            id: "runs-table-\(index)", caption: "\(result.workload.title): every run, in the order of time",
            columns: [
                "Model", "Run", "Time", "Start", "Processor time", "Letters", "Lost updates", "Surplus updates",
            ],
            rows: result.models.enumerated().flatMap { position, model in
                model.runs.enumerated().map { number, run in
                    runRow(run, number, model.model.name, Key.model(index, position) + ".runs.\(number).")
                }
            })
    }

    private func runRow(_ run: ModelRun, _ number: Int, _ name: String, _ place: String) -> [DataTable.Cell] {
        func seconds(_ value: Double, _ key: String) -> DataTable.Cell {
            .number(Quantity.seconds.text(value), Figure(value, key: place + key, model: name))
        }
        func count(_ value: UInt64, _ key: String) -> DataTable.Cell {
            .number(Quantity.grouped(value), Figure(value, key: place + key, model: name))
        }
        return [
            .header(name), .number("\(number + 1)", Figure(Double(number + 1), derived: "run", model: name)),
            seconds(run.seconds, "seconds"), seconds(run.startSeconds, "startSeconds"),
            seconds(run.processorSeconds, "processorSeconds"), count(run.letters, "letters"),
            count(run.lostUpdates, "lostUpdates"), count(run.surplusUpdates, "surplusUpdates"),
        ]
    }
}
