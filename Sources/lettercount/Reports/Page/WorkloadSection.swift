// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// All of one workload: what was to be done, the charts, the tables.
struct WorkloadSection: Sendable {
    let result: WorkloadResult
    let index: Int

    var id: String { "workload-\(index)" }

    var markup: Markup {
        let heading = id + "-heading"
        return tag("section", ["id": id, "aria-labelledby": heading]) {
            tag("h2", ["id": heading]) { "\(result.workload.title): model by model" }
            tag("p", ["class": "lead"]) {
                result.workload.explanation
                " Bars are medians, the lines over them span the quartiles, each point is one run."
            }
            if result.models.contains(where: { $0.verdict == .failed }) { failures }
            tag("div", ["class": "legend families"]) {
                kinds.map { kind in tag("span", ["class": "key \(kind.rawValue)"]) { kind.rawValue } }
                if Finding(result: result, index: index).fastest != nil {
                    tag("span") {
                        tag("strong") { "bold" }
                        ": the fastest exact model"
                    }
                }
                if result.models.contains(where: { $0.verdict == .wrong }) {
                    tag("span", ["class": "key lost"]) { "✗ lost updates" }
                }
            }
            ModelCharts(result: result, index: index).markup
            ModelTables(result: result, index: index).markup
        }
    }

    private var kinds: [ExecutionModel] {
        ExecutionModel.allCases.filter { kind in result.models.contains { $0.model.model == kind } }
    }

    private var failures: Markup {
        tag("ul", ["class": "notice"]) {
            result.models.filter { $0.verdict == .failed }.map { model in
                tag("li") {
                    tag("strong") { "! \(model.model.name) failed" }
                    ": \(model.failure ?? "it has no run.")"
                }
            }
        }
    }
}
