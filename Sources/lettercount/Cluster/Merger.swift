// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents

/// Reads partial counts and adds them.
struct Merger {
    /// A line that was merged may have the names of a million batches.
    static let longestLine = 256 << 20

    private(set) var sum = PartialCount()

    /// Adds all lines; blank ones do not count.
    ///
    /// - Throws: `Refusal` for a file that is not there, and for a line that is damaged or must not be added, with its number.
    mutating func add(_ origin: TextLines.Origin) throws(Refusal) {
        var lines = try Self.lines(of: origin)
        while let line = try Self.next(&lines) {
            if !line.text.allSatisfy(\.isWhitespace) {
                try add(line: line.text, from: "\(origin), line \(line.number)")
            }
        }
    }

    /// Adds one line.
    ///
    /// - Parameter place: Where it is from, for the error.
    mutating func add(line: String, from place: String) throws(Refusal) {
        do {
            try sum.merge(PartialLine.count(from: line))
        } catch {
            throw Refusal(.badData, "cannot merge \(place): \(error)")
        }
    }

    private static func lines(of origin: TextLines.Origin) throws(Refusal) -> TextLines {
        do throws(SourceError) { return try TextLines(of: origin, longest: longestLine) } catch { throw refusal(error) }
    }

    private static func next(_ lines: inout TextLines) throws(Refusal) -> (text: String, number: Int)? {
        do throws(SourceError) { return try lines.next() } catch { throw refusal(error) }
    }

    private static func refusal(_ error: SourceError) -> Refusal {
        switch error {
        case .malformed(let source, let problem): Refusal(.badData, "cannot merge \(source): \(problem)")
        case .noSuchInput: Refusal(.noInput, error.description)
        }
    }

    /// Finds out whether the sum is of all that belongs together.
    ///
    /// - Parameter documentCount: How many documents there must be, if that is known; failed ones are among them.
    func check(documentCount: Int?, allowsMissing: Bool) throws(Refusal) {
        if let batch = sum.twiceDivided {
            throw Refusal(
                .badData, "the batch \(batch) was divided in another way, too: what is in both would be counted twice")
        }
        let missing = sum.missingShards
        if let first = missing.first, !allowsMissing {
            let others = missing.count == 1 ? "is" : "and \(missing.count - 1) more are"
            throw Refusal(
                .badData,
                "not everything is there: the batch \(first) \(others) missing (--allow-missing takes the rest)")
        }
        let found = sum.documents + sum.failures.count
        if let documentCount, found != documentCount {
            throw Refusal(
                .badData, "not everything is there, or too much: \(found) documents instead of \(documentCount)")
        }
    }
}
