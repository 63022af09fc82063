// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// The table of letters for a document, with the sums below it.
struct MarkdownReport: Report {
    func text(for result: CountResult) -> String {
        let rows = result.letters.map { letter, count in
            ["\(letter)", "\(count)", Decimals.text(result.letters.share(of: letter) * 100, places: 2) + " %"]
        }
        let table = ComparisonMarkdown.table(["letter", "count", "share"], rows)
        return table + "\n\n" + TableReport(surroundings: .init()).summary(result) + "\n"
    }
}
