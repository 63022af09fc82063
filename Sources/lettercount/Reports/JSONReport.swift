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
/// | `startMethod`, `ipc` | likewise, `null` unless the model is `processes` |
/// | `sync`, `grain` | likewise |
/// | `lostUpdates` | how many letters are missing from the table; `null` unless `sync` is `none` and the run came to its end |
/// | `complete` | `false` if the run was interrupted: documents are missing that are not among the failures |
/// | `failures` | objects with `source` and `reason`, which is for people |
/// | `engine` | what distributed the work over machines, see `EngineFacts`; `null` for a count on this one |
///
/// What has been merged does not say how it was counted: `elapsedSeconds`, `model` and what belongs to it are `null` then.
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
            ("elapsedSeconds", result.elapsed.map { Decimals.text($0.inSeconds, places: 6) } ?? "null"),
            ("model", JSONValue(result.model?.model.rawValue).text),
            ("workers", JSONValue(result.workers).text),
            ("startMethod", JSONValue(result.model?.startMethod?.rawValue).text),
            ("ipc", JSONValue(result.model?.ipc?.rawValue).text),
            ("sync", JSONValue(result.model?.sync.rawValue).text),
            ("grain", JSONValue(result.model?.grain.rawValue).text),
            ("lostUpdates", JSONValue(result.lostUpdates).text),
            ("text", JSONText.string(result.text.rawValue)),
            ("complete", "\(result.isComplete)"),
            ("failures", JSONText.block(failures, "[", "]")),
            ("engine", result.engine?.json.text ?? "null"),
        ]
        return JSONText.block(members.map { JSONText.member($0, $1) }, "{", "}") + "\n"
    }
}
