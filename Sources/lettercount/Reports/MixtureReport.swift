// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// The reports of a mixture: shares instead of counts, in the forms of those of a count.
enum MixtureReport {
    static func text(for mixture: Mixture, _ format: ReportFormat) -> String {
        switch format {
        case .table: table(mixture, TableReport.Surroundings.current)
        case .json: json(mixture).text + "\n"
        case .csv:
            "letter,share\n" + mixture.shares.map { "\($0.letter),\(Decimals.text($0.share, places: 6))\n" }.joined()
        case .markdown:
            ComparisonMarkdown.table(["letter", "share"], mixture.shares.map { ["\($0.letter)", percent($0.share)] })
                + "\n\n" + summary(mixture) + "\n"
        }
    }

    static func table(_ mixture: Mixture, _ surroundings: TableReport.Surroundings) -> String {
        let bars = ShareBars(greatest: mixture.shares.map(\.share).max() ?? 0, surroundings: surroundings)
        let rows = mixture.shares.map { letter, share in
            bars.row("\(letter)  \(Decimals.right(percent(share), width: 8))", share)
        }
        return (["     share"] + rows + ["", summary(mixture)]).joined(separator: "\n") + "\n"
    }

    private static func json(_ mixture: Mixture) -> JSONValue {
        [
            "shares": .object(mixture.shares.map { ("\($0.letter)", JSONValue($0.share)) }),
            "parts": .array(
                mixture.parts.map { part in
                    [
                        "name": .string(part.name), "weight": JSONValue(part.weight),
                        "documents": JSONValue(part.count.documents), "bytes": JSONValue(part.count.bytes),
                        "total": JSONValue(part.count.letters.total),
                    ]
                }),
            "text": JSONValue(mixture.parts.compactMap(\.count.text?.rawValue).first),
        ]
    }

    private static func summary(_ mixture: Mixture) -> String {
        mixture.parts.map { part in
            "\(percent(part.weight)) of \(part.name) (\(part.count.documents) documents, \(part.count.letters.total) letters)"
        }
        .joined(separator: "\n")
    }

    private static func percent(_ share: Double) -> String { Decimals.text(share * 100, places: 2) + " %" }
}
