// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// Counts documents that somebody else has read and writes to standard input: on this thread, for it is the pipe that
/// takes time.
struct ContentJob {
    let text: TextInterpretation
    let limits: ReadLimits
    /// Whether what comes are parts of documents, of which only bytes and letters can be added up.
    let areParts: Bool
    let answer: PartialAnswer

    /// Counts all of them and ends the program.
    func run() throws(Refusal) -> Never {
        var result = CountResult(text: text)
        var stream = DocumentStream.standardInput()
        do throws(DocumentStream.Damage) {
            while try count(next: &stream, into: &result) {}
        } catch {
            throw Refusal(.badData, "standard input has no documents as netstrings: \(error)")
        }
        answer.give(result, Console(.normal)).leave()
    }

    /// - Returns: Whether there was another one.
    private func count(
        next stream: inout DocumentStream, into result: inout CountResult
    ) throws(DocumentStream.Damage) -> Bool {
        var counter = LetterCounter(text: text)
        guard let (name, byteCount) = try stream.next(into: &counter, update: { $0.update($1) }) else { return false }
        answer.digest?.add(name)
        if let limit = limits.maximumBytes, byteCount > limit {
            let reason = DocumentFailure.Reason.tooLarge(limit: limit)
            result.failures.append(FailedDocument(source: name, reason: "\(reason)"))
        } else {
            result.letters += counter.counts()
            result.bytes += byteCount
            result.documents += areParts ? 0 : 1
        }
        return true
    }
}

/// What a worker finds on its standard input.
enum WorkerInput: String, CaseIterable, Sendable {
    /// Sources, to be read here.
    case list
    /// Documents, as name and bytes.
    case documents
    /// Parts of documents, as name and bytes.
    case parts
}
