// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// A table of letters that several workers update at the same time.
///
/// Each conformer is a way to keep their updates apart, or not. A table is a handle: it travels to a worker as a field of
/// its work.
protocol LetterTable: Sendable, Codable {
    /// One more of the letter at this position of the alphabet.
    func increment(at index: Int)

    /// All of these more.
    func add(_ counts: LetterCounts)

    /// What is in it now.
    var counts: LetterCounts { get }
}

extension LetterTable {
    /// Counts a whole document, with an update for each letter, block or document.
    ///
    /// Generic, so that each kind of table has a loop of its own with nothing between the letter and the update but what the table
    /// itself does.
    func add(
        _ document: RawSpan, spelling: LetterSpelling, text: TextInterpretation, grain: UpdateGrain,
        kernel: Kernel = .best
    ) {
        switch grain {
        case .letter:
            add(spelling.additionalLetters)
            spelling.forEachLetter(in: document) { increment(at: $0) }
        case .block:
            add(spelling.additionalLetters)
            Blocks.forEach(of: document, text, spelling, kernel) { add($0) }
        case .document:
            add(LetterCounter.count(document, text: text, kernel: kernel))
        }
    }
}

/// A document in blocks, counted each for itself.
enum Blocks {
    /// The letters of each block's bytes, without what comes once a document.
    static func forEach(
        of document: RawSpan, _ text: TextInterpretation, _ spelling: LetterSpelling, _ kernel: Kernel,
        _ body: (LetterCounts) -> Void
    ) {
        var rest = document
        while !rest.isEmpty {
            let block = rest.extracting(first: UpdateGrain.blockByteCount)
            rest = rest.extracting(droppingFirst: block.byteCount)
            body(LetterCounter.count(block, text: text, kernel: kernel) - spelling.additionalLetters)
        }
    }
}
