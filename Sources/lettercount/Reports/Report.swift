// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Turns a result into text. A report is pure: where the text goes is `ResultDestination`'s affair.
protocol Report {
    /// The whole report, with a newline at its end.
    func text(for result: CountResult) -> String
}

/// The reports that can be asked for.
enum ReportFormat: String, CaseIterable, Sendable {
    case table
    case json
    case csv
    case markdown

    var report: any Report {
        switch self {
        case .table: TableReport(surroundings: .current)
        case .json: JSONReport()
        case .csv: CSVReport()
        case .markdown: MarkdownReport()
        }
    }
}
