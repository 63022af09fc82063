// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The part of `rfc:791,1000-1003` behind the colon.
enum RFCNumbers {
    /// Five digits: RFC numbers have passed nine thousand and grow by some hundreds a year.
    static let greatest = 99_999

    static func ranges(in source: String) throws(SourceError) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for part in source.dropFirst("rfc:".count).split(separator: ",", omittingEmptySubsequences: false) {
            ranges.append(try range(part, in: source))
        }
        return ranges
    }

    /// The URL of an RFC's plain text.
    static func url(of number: Int, base: String) -> String { "\(base)/rfc\(number).txt" }

    private static func range(_ part: Substring, in source: String) throws(SourceError) -> ClosedRange<Int> {
        let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try number(ends[0], in: source)
        let last = ends.count == 2 ? try number(ends[1], in: source) : first
        if first > last {
            throw .malformed(source: source, problem: "the range \(part) runs backwards; write \(last)-\(first)")
        }
        return first...last
    }

    private static func number(_ digits: Substring, in source: String) throws(SourceError) -> Int {
        // `Int` alone would also take a sign.
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .malformed(
                source: source,
                problem: "'\(digits)' is not an RFC number; write rfc:791, rfc:1000-1019 or rfc:791,1000-1003")
        }
        guard let number = Int(digits), (1...greatest).contains(number) else {
            throw .malformed(source: source, problem: "RFC numbers lie between 1 and \(greatest), \(digits) does not")
        }
        return number
    }
}
