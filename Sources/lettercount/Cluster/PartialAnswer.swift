// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting

/// A line for `merge`, or nothing: what is not whole is not written, so that nobody can take it for the whole.
struct PartialAnswer: Answer {
    /// The batch's, if it was given one.
    let name: String?
    let shard: Shard
    /// Whether what cannot be counted is in the line, instead of failing all of it.
    let keepsGoing: Bool
    let digest: BatchDigest?

    init(name: String?, shard: Shard = .whole, keepsGoing: Bool) {
        self.name = name
        self.shard = shard
        self.keepsGoing = keepsGoing
        digest = name == nil ? BatchDigest() : nil
    }

    func give(_ result: CountResult, _ console: Console) -> Ending {
        if !result.isComplete { return .someFailed }
        if !keepsGoing, !result.failures.isEmpty {
            for failure in result.failures { console.error("cannot count \(failure)") }
            // The last line is what engines show.
            let all = result.documents + result.failures.count
            console.error(
                "\(result.failures.count) of \(all) documents could not be counted, so nothing is written "
                    + "(--keep-going writes them into the line); first: \(result.failures[0])")
            return .someFailed
        }
        // A shard without documents is told all the same: else it would be taken for missing.
        if result.documents + result.failures.count > 0 || result.bytes > 0 || shard != .whole {
            ResultDestination.standardOutput.write(PartialLine.text(of: count(result)))
        }
        return .success
    }

    private func count(_ result: CountResult) -> PartialCount {
        var count = PartialCount()
        count.batches = [BatchIdentity(name: name ?? digest?.text ?? "", shard: shard)]
        count.text = result.text
        (count.documents, count.bytes, count.letters) = (result.documents, result.bytes, result.letters)
        count.failures = result.failures
        return count
    }
}
