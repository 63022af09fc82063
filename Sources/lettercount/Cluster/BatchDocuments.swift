// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents

/// The documents of one batch: those of a list that are a shard's, with all of the list in the digest.
struct BatchDocuments: Sequence, Sendable {
    var documents: DocumentSequence
    var shard = Shard.whole
    /// Who iterates once has added each name once.
    var digest: BatchDigest?

    /// The same as it is found soonest, where their positions and names do not matter.
    var inAnyOrder: BatchDocuments {
        guard shard == .whole, digest == nil else { return self }
        var batch = self
        batch.documents = documents.inAnyOrder
        return batch
    }

    func makeIterator() -> Iterator { Iterator(documents: documents.makeIterator(), shard: shard, digest: digest) }

    struct Iterator: IteratorProtocol {
        fileprivate var documents: DocumentSequence.Iterator
        fileprivate let shard: Shard
        fileprivate let digest: BatchDigest?
        private var position = 0

        fileprivate init(documents: DocumentSequence.Iterator, shard: Shard, digest: BatchDigest?) {
            self.documents = documents
            self.shard = shard
            self.digest = digest
        }

        mutating func next() -> Document? {
            while let document = documents.next() {
                digest?.add(document.description)
                defer { position += 1 }
                if shard.contains(position: position) { return document }
            }
            return nil
        }

        /// See `DocumentSequence`.
        var filesAhead: (count: Int, areLast: Bool) { documents.filesAhead }

        /// See `DocumentSequence`; nil where each document's name or position has to be looked at.
        mutating func nextFiles(atMost count: Int) -> FolderFiles? {
            guard shard == .whole, digest == nil, let files = documents.nextFiles(atMost: count) else { return nil }
            position += files.count
            return files
        }
    }
}
