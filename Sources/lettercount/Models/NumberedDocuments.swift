// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents

/// The documents of a run with their numbers, taken as they are asked for.
struct NumberedDocuments: Sequence, Sendable {
    let documents: BatchDocuments
    let names: NamesUnderway
    /// Whether files may go together without being looked at one by one.
    let isSummed: Bool
    /// It has a number like all others, but somebody else counts it.
    var skipsStandardInput = false

    func makeIterator() -> Iterator { Iterator(documents: documents.makeIterator(), of: self) }

    struct Iterator: SourceIterator {
        private var documents: BatchDocuments.Iterator
        private let sequence: NumberedDocuments
        private var index = 0

        fileprivate init(documents: BatchDocuments.Iterator, of sequence: NumberedDocuments) {
            self.documents = documents
            self.sequence = sequence
        }

        mutating func next() -> NumberedSource? {
            while let document = documents.next() {
                defer { index += 1 }
                if sequence.skipsStandardInput, document == .standardInput { continue }
                sequence.names.begin(index, document.description)
                return NumberedSource(index: index, source: .document(document))
            }
            return nil
        }

        var filesAhead: (count: Int, areLast: Bool) { documents.filesAhead }

        mutating func nextFiles(atMost count: Int) -> (files: FolderFiles, first: Int)? {
            guard sequence.isSummed, let files = documents.nextFiles(atMost: count) else { return nil }
            defer { index += files.count }
            return (files, index)
        }
    }
}
