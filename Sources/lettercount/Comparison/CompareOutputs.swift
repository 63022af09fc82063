// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Where a comparison goes.
struct CompareOutputs: Sendable {
    var format: ComparisonFormat
    var destination: ResultDestination
    var page: OutputFile?
    var trace: OutputFile?
    var isQuiet: Bool

    /// All of it, at the end. Ends the program when something cannot be written.
    func write(_ comparison: Comparison) {
        destination.write(format.text(for: comparison))
        if let page { ResultDestination.file(page).write(ComparisonPage.html(for: comparison)) }
        if let trace { ResultDestination.file(trace).write(ChromeTrace.json(for: comparison)) }
    }

    /// What there is so far, if it goes to a file: nothing is lost then, however the program ends. Failures are told at the
    /// end.
    func keep(_ comparison: Comparison) {
        guard case .file(let file) = destination else { return }
        try? file.write(Array(format.text(for: comparison).utf8))
    }
}

/// The forms of a comparison that can be asked for.
enum ComparisonFormat: String, CaseIterable, Sendable {
    case table
    case json
    case csv
    case markdown

    func text(for comparison: Comparison) -> String {
        switch self {
        case .table: ComparisonTable(surroundings: .ofWideTable).text(for: comparison)
        case .json: ComparisonJSON.text(of: comparison)
        case .csv: ComparisonCSV.text(for: comparison)
        case .markdown: ComparisonMarkdown.text(for: comparison)
        }
    }
}
