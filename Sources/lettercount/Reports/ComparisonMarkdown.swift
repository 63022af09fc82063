// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A comparison as Markdown tables, for a report or an issue.
enum ComparisonMarkdown {
    static func text(for comparison: Comparison) -> String {
        var parts = comparison.workloads.map { result in
            "## " + ComparisonRows.title(of: result, corpus: comparison.corpus) + "\n\n"
                + table(ComparisonRows.head, result.models.map { ComparisonRows.cells(of: $0, in: result) })
        }
        parts += comparison.scalings.map(text)
        parts += comparison.warnings.map { "> **Warning:** \($0)" }
        parts.append("\(ComparisonTable.machine(comparison.machine)); \(comparison.date)")
        return parts.joined(separator: "\n\n") + "\n"
    }

    private static func text(for scaling: Scaling) -> String {
        let rows = (scaling.overWorkers + scaling.overBytes).map { point in
            [
                "\(point.workers)", Decimals.bytes(Double(point.bytes)),
                ComparisonRows.time(Sample(point.seconds).median),
            ]
        }
        return "## scale: \(scaling.model.name)\n\n" + table(["workers", "bytes", "time"], rows) + "\n\n"
            + ComparisonTable.fits(of: scaling).joined(separator: "; ")
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let rule = head.indices.map { $0 == 0 ? "---" : "--:" }
        return ([head, rule] + rows).map { "| " + $0.map(escaped).joined(separator: " | ") + " |" }.joined(
            separator: "\n")
    }

    private static func escaped(_ cell: String) -> String {
        cell.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
