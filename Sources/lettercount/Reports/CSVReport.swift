// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// A line for each letter, `letter,count,share`, after a line with these words. The shares are parts of 1.
struct CSVReport: Report {
    func text(for result: CountResult) -> String {
        var text = "letter,count,share\n"
        for (letter, count) in result.letters {
            text += "\(letter),\(count),\(Decimals.text(result.letters.share(of: letter), places: 6))\n"
        }
        return text
    }
}
