// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing

/// One object; its members and their order are part of this program's interface.
///
/// | member | |
/// |---|---|
/// | `letters` | an object with the counts of `a` to `z` |
/// | `total` | their sum |
/// | `documents`, `bytes` | how many were counted, and their size after decompression |
/// | `elapsedSeconds` | from the start of the counting to its end |
/// | `model`, `workers`, `text` | as in the options of the same names |
/// | `startMethod` | likewise, `null` unless the model is `processes` |
/// | `complete` | `false` if the run was interrupted: documents are missing that are not among the failures |
/// | `failures` | objects with `source` and `reason`, which is for people |
///
/// Written by hand: a coder would put the members in the order of their names or in none.
struct JSONReport: Report {
    func text(for result: CountResult) -> String {
        let letters = result.letters.map { JSONText.member("\($0.letter)", "\($0.count)") }
        let failures = result.failures.map { failure in
            "{ \(JSONText.member("source", JSONText.string(failure.source))), "
                + "\(JSONText.member("reason", JSONText.string(failure.reason))) }"
        }
        let members = [
            ("letters", JSONText.block(letters, "{", "}")),
            ("total", "\(result.letters.total)"),
            ("documents", "\(result.documents)"),
            ("bytes", "\(result.bytes)"),
            ("elapsedSeconds", Decimals.text(result.elapsed.inSeconds, places: 6)),
            ("model", JSONText.string(result.model.rawValue)),
            ("workers", "\(result.workers)"),
            ("startMethod", result.startMethod.map { JSONText.string($0.rawValue) } ?? "null"),
            ("text", JSONText.string(result.text.rawValue)),
            ("complete", "\(result.isComplete)"),
            ("failures", JSONText.block(failures, "[", "]")),
        ]
        return JSONText.block(members.map { JSONText.member($0, $1) }, "{", "}") + "\n"
    }
}

/// The few pieces of JSON that are needed.
enum JSONText {
    static func member(_ name: String, _ value: String) -> String { "\(string(name)): \(value)" }

    /// Elements on lines of their own, indented by two blanks.
    static func block(_ elements: [String], _ open: String, _ close: String) -> String {
        if elements.isEmpty { return open + close }
        let inner = elements.joined(separator: ",\n").split(separator: "\n").map { "  " + $0 }
        return "\(open)\n\(inner.joined(separator: "\n"))\n\(close)"
    }

    /// A quoted string. Besides what must be, control characters of Unicode are escaped, for the terminal's sake.
    static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                quoted += "\\u" + Decimals.right(String(scalar.value, radix: 16), width: 4, fill: "0")
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
