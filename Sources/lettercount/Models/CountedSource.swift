// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// What a worker gets its document from.
enum CountedSource: Codable, Sendable {
    /// It reads it.
    case document(Document)
    /// One of several workers that read it.
    case part(FilePart)
    /// It has been read already: for comparisons in which only the counting is to take time.
    case memory(HeldDocument)

    /// What the user recognises.
    var name: String {
        switch self {
        case .document(let document): document.description
        case .part(let part): part.file.path
        case .memory(let held): held.name
        }
    }

    /// The path, if it is a file of which the whole is to be counted.
    var filePath: String? {
        if case .document(.file(let path)) = self { path } else { nil }
    }

    /// Whether it comes over the network.
    var isWeb: Bool {
        if case .document(let document) = self { document.isWeb } else { false }
    }
}

/// A document in memory that all workers have mapped, and how many times it is to be counted.
struct HeldDocument: Codable, Sendable {
    var name: String
    var memory: SharedMemory
    var range: Range<Int>
    var passes: Int

    /// Counted in all.
    var byteCount: UInt64 { UInt64(range.count * passes) }

    func forEachPass(_ body: (RawSpan) -> Void) {
        for _ in 0..<passes { withBytes(body) }
    }

    func sumOfPasses(_ count: (RawSpan) -> LetterCounts) -> LetterCounts {
        var sum = LetterCounts()
        forEachPass { sum += count($0) }
        return sum
    }

    private func withBytes(_ body: (RawSpan) -> Void) {
        // Nobody writes to it any more, and it is mapped until the call is over.
        unsafe memory.withUnsafeBytes { bytes in
            body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: bytes[range])))
        }
    }
}

/// A document, or a part of one, with the document's number in its run.
struct NumberedSource: Codable, Sendable {
    let index: Int
    let source: CountedSource
}
