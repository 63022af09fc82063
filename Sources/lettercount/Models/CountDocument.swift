// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// The work: read one document where the worker is, and count its letters.
///
/// Counting the same document again changes nothing, so it may be submitted again when a worker has died.
struct CountDocument: Work {
    var document: Document
    var text: TextInterpretation
    var limits: ReadLimits

    /// - Throws: `DocumentFailure`; nothing of a document that was not read to its end is counted.
    func run() async throws -> DocumentCounts {
        let text = text
        let reader = DocumentReaders.reader(for: limits)
        let (counter, byteCount) = try await reader.read(document) {
            LetterCounter(text: text)
        } update: { counter, bytes in
            counter.update(bytes)
        }
        return DocumentCounts(letters: counter.counts(), byteCount: byteCount)
    }
}

/// The letters of one whole document. It holds no references, so it travels as its bytes.
struct DocumentCounts: BitwiseCopyable, Sendable {
    var letters: LetterCounts
    var byteCount: UInt64
}
