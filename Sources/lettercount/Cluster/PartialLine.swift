// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

// The one place where JSON is read. Its machinery is in every program that uses the HTTP client already.
import FoundationEssentials
import LetterCounting

/// A partial count as a line of JSON; its members are part of this program's interface.
///
/// | member | |
/// |---|---|
/// | `lettercount` | the version of this form: 1 |
/// | `text` | as `--text`; `null` where nothing was counted |
/// | `documents`, `bytes`, `letters` | as in the report of `count`: raw counts, which can be added |
/// | `failures` | objects with `source` and `reason` |
/// | `batches` | objects with `name` and, for a part of what has this name, `shard`: `"3/64"` |
enum PartialLine {
    static let version = 1

    /// With a newline at its end. Equal counts have equal lines.
    static func text(of count: PartialCount) -> String {
        let value: JSONValue = .object([
            ("lettercount", JSONValue(version)),
            ("text", JSONValue(count.text?.rawValue)),
            ("documents", JSONValue(count.documents)),
            ("bytes", JSONValue(count.bytes)),
            ("letters", .object(count.letters.map { ("\($0.letter)", JSONValue($0.count)) })),
            (
                "failures",
                .array(count.failures.sorted().map { ["source": .string($0.source), "reason": .string($0.reason)] })
            ),
            ("batches", .array(count.batches.sorted().map(value))),
        ])
        return value.line + "\n"
    }

    private static func value(of batch: BatchIdentity) -> JSONValue {
        let name = ("name", JSONValue.string(batch.name))
        return .object(batch.shard == .whole ? [name] : [name, ("shard", .string("\(batch.shard)"))])
    }

    /// - Throws: `Damage`, with what is wrong with it.
    static func count(from line: String) throws(Damage) -> PartialCount {
        let content: Content
        do {
            let head = try JSONDecoder().decode(Head.self, from: Data(line.utf8))
            if head.lettercount != version {
                throw Damage("it is of version \(head.lettercount); this program knows version \(version) only")
            }
            content = try JSONDecoder().decode(Content.self, from: Data(line.utf8))
        } catch {
            throw error as? Damage ?? Damage("it is no whole line of lettercount worker or merge: \(reason(error))")
        }
        return try content.count()
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is not what it should be"
        default: "it is no JSON"
        }
    }

    /// Why a line is not taken, as a clause.
    struct Damage: Error, Equatable, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private struct Head: Decodable { let lettercount: Int }

    private struct Content: Decodable {
        struct Failure: Decodable { let source, reason: String }

        struct Batch: Decodable {
            let name: String
            let shard: String?
        }

        let text: String?
        let documents: Int
        let bytes: UInt64
        let letters: LetterCounts
        let failures: [Failure]
        let batches: [Batch]

        func count() throws(Damage) -> PartialCount {
            var count = PartialCount()
            if let text {
                guard let known = TextInterpretation(rawValue: text) else {
                    throw Damage("its text, \(text), is unknown")
                }
                count.text = known
            }
            if documents < 0 { throw Damage("its documents are fewer than none") }
            (count.documents, count.bytes, count.letters) = (documents, bytes, letters)
            count.failures = failures.map { FailedDocument(source: $0.source, reason: $0.reason) }
            for batch in batches {
                guard let shard = batch.shard.map({ Shard($0) }) ?? .whole else {
                    throw Damage("a batch's shard, \(batch.shard ?? ""), is none")
                }
                let identity = BatchIdentity(name: batch.name, shard: shard)
                guard count.batches.insert(identity).inserted else {
                    throw Damage("it has the batch \(identity) twice")
                }
            }
            return count
        }
    }
}
