// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a run writes in the end.
protocol Answer: Sendable {
    /// Gets a name for each document of the list that is divided, if that is needed.
    var digest: BatchDigest? { get }

    /// Writes what there is to be written, and says how the program ends.
    ///
    /// - Parameter console: For what went wrong.
    func give(_ result: CountResult, _ console: Console) -> Ending
}

/// A report, whatever happened: of an interrupted run, too.
struct ReportAnswer: Answer {
    let format: ReportFormat
    let destination: ResultDestination

    var digest: BatchDigest? { nil }

    func give(_ result: CountResult, _ console: Console) -> Ending {
        destination.write(format.report.text(for: result))
        for failure in result.failures { console.error("cannot count \(failure)") }
        return result.ending
    }
}
