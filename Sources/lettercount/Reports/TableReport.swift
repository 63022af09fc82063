// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// A table for people: letters, counts, percentages and bars; then the sums.
struct TableReport: Report {
    /// What decides the looks.
    struct Surroundings: Sendable, Equatable {
        /// How wide a line may be.
        var columns = 80
        /// Whether bars may be drawn with block characters.
        var hasBlocks = true

        /// Those of standard output. Into a pipe or a file the table has the usual width.
        static var current: Surroundings { of(columnsElsewhere: 80) }

        /// Those for a table with many columns: into a pipe or a file all of them come.
        static var ofWideTable: Surroundings { of(columnsElsewhere: 200) }

        private static func of(columnsElsewhere: Int) -> Surroundings {
            // As the C library decides it.
            let names = ["LC_ALL", "LC_CTYPE", "LANG"]
            let locale = names.compactMap { Environment.value(of: $0) }.first { !$0.isEmpty } ?? ""
            let isUnicode = ["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
            return Surroundings(
                columns: StandardStream.output.columns ?? columnsElsewhere,
                hasBlocks: isUnicode && Environment.value(of: "TERM") != "dumb")
        }
    }

    let surroundings: Surroundings

    func text(for result: CountResult) -> String {
        let total = result.letters.total
        let width = max("count".count, "\(total)".count)
        let bars = ShareBars(greatest: greatestShare(result.letters), surroundings: surroundings)
        let rows = result.letters.map { letter, count in
            let share = result.letters.share(of: letter)
            let percent = Decimals.right(Decimals.text(share * 100, places: 2), width: 6)
            return bars.row("\(letter)  \(Decimals.right("\(count)", width: width))  \(percent) %", share)
        }
        let head = "   \(Decimals.right("count", width: width))    share"
        return ([head] + rows + ["", summary(result)]).joined(separator: "\n") + "\n"
    }

    private func greatestShare(_ letters: LetterCounts) -> Double {
        letters.map { letters.share(of: $0.letter) }.max() ?? 0
    }

    /// The sums and what is special about the run.
    func summary(_ result: CountResult) -> String {
        var lines = [
            count(UInt64(result.documents), "document"), count(result.bytes, "byte"),
            count(result.letters.total, "letter"),
        ]
        if let elapsed = result.elapsed { lines.append("\(Decimals.text(elapsed.inSeconds, places: 3)) seconds") }
        if let engine = result.engine { lines += engine.summary }
        if let lost = result.lostUpdates { lines.append(count(lost, "update") + " lost (not synchronised)") }
        if !result.failures.isEmpty { lines.append("\(result.failures.count) failed") }
        if !result.isComplete { lines.append("interrupted, not complete") }
        return wrapped(lines)
    }

    private func count(_ number: UInt64, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// Joined with commas, in as many lines as are needed.
    private func wrapped(_ parts: [String]) -> String {
        var lines: [String] = []
        for part in parts {
            guard let last = lines.last, last.count + 2 + part.count < surroundings.columns else {
                lines = lines.dropLast() + (lines.last.map { [$0 + ","] } ?? []) + [part]
                continue
            }
            lines[lines.count - 1] = last + ", " + part
        }
        return lines.joined(separator: "\n")
    }
}
