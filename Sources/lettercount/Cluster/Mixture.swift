// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// The letters of a text that is mixed of several corpora in given parts, whatever their sizes are.
///
/// Of each corpus the shares of its letters count, not their numbers, so that a large one does not drown a small one.
struct Mixture: Equatable, Sendable {
    struct Part: Equatable, Sendable {
        var name: String
        /// Of all parts together, from 0 to 1.
        var weight: Double
        var count: PartialCount
    }

    let parts: [Part]

    /// - Parameter parts: With weights in whatever unit, each greater than 0.
    /// - Throws: `Refusal` for parts that cannot be mixed.
    init(_ parts: [Part]) throws(Refusal) {
        var all = PartialCount()
        for part in parts {
            do throws(MergeProblem) { try all.merge(part.count) } catch {
                throw Refusal(.badData, "cannot mix \(part.name): \(error)")
            }
            if part.count.letters.total == 0 { throw Refusal(.badData, "cannot mix \(part.name): it has no letters") }
        }
        let sum = parts.reduce(0) { $0 + $1.weight }
        self.parts = parts.map { part in
            var part = part
            part.weight /= sum
            return part
        }
    }

    /// The share of each letter, in the order of the alphabet.
    var shares: [(letter: Character, share: Double)] {
        LetterCounts.alphabet.map { letter in
            (letter, parts.reduce(0) { $0 + $1.weight * $1.count.letters.share(of: letter) })
        }
    }
}
