// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// How documents are put together into works.
///
/// Rules:
/// 1. Files in a row go together, up to `most`; everything else goes alone, since it may take long.
/// 2. At first alone, too, and then more and more: until the workers all have something, and so that a few files are shared
///    evenly.
struct Batching: Sendable {
    /// With small files a work is then a fraction of a millisecond, some hundred times what it costs to hand it over.
    static let most = 64

    /// How many work at the same time.
    let workers: Int
    /// Whether files may go together at all: see `CountBatch`.
    let isAllowed: Bool

    /// The size of the next batch when so many documents have been taken.
    func size(after taken: Int) -> Int {
        isAllowed ? min(Self.most, max(1, taken / (8 * workers))) : 1
    }
}

/// Documents in batches, taken as they are asked for.
struct BatchSequence<Sources: Sequence>: Sequence where Sources.Element == NumberedSource {
    let sources: Sources
    let batching: Batching

    func makeIterator() -> Iterator { Iterator(sources: sources.makeIterator(), batching: batching) }

    struct Iterator: IteratorProtocol {
        fileprivate var sources: Sources.Iterator
        fileprivate let batching: Batching
        /// What was taken and does not go with those before it.
        private var held: NumberedSource?
        private var taken = 0

        fileprivate init(sources: Sources.Iterator, batching: Batching) {
            self.sources = sources
            self.batching = batching
        }

        mutating func next() -> [NumberedSource]? {
            guard let first = held.take() ?? sources.next() else { return nil }
            var batch = [first]
            let size = batching.size(after: taken)
            while batch.count < size, first.source.filePath != nil, let item = sources.next() {
                guard item.source.filePath != nil else {
                    held = item
                    break
                }
                batch.append(item)
            }
            taken += batch.count
            return batch
        }
    }
}
