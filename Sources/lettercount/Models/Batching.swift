// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import Multiprocessing

/// How documents are put together into works.
///
/// Rules:
/// 1. Files in a row go together, up to `most`; at first alone, too, and then more and more: until the workers all have
///    something, and so that a few files are shared evenly. Where the names of folders go together, those that are known to
///    follow tell how many there are, and the last ones come in smaller and smaller batches, so that all workers end at once.
/// 2. Documents of the web in a row go together where a worker reads several at a time: at first as many as these, then so
///    many that it seldom has fewer under way because its work comes to an end. No more: their counts come back together,
///    after the slowest of them.
/// 3. Everything else goes alone, since it may take long.
struct Batching: Sendable {
    /// With small files a work is then a millisecond or two, some hundred times what it costs to hand it over.
    static let most = 192

    /// How many work at the same time.
    let workers: Int
    /// Whether documents may go together at all: see `CountBatch`.
    let isAllowed: Bool
    /// How many documents of the web a worker reads at a time.
    var window = 1

    /// The size of the next batch when so many documents have been taken.
    ///
    /// - Parameter ahead: How many files are known to follow, and whether nothing else does.
    func size(of kind: Kind, after taken: Int, ahead: (count: Int, areLast: Bool) = (0, false)) -> Int {
        switch kind {
        case .file where isAllowed && ahead.areLast: min(Self.most, max(1, ahead.count / (2 * workers)))
        case .file where isAllowed: min(Self.most, max(1, max(taken, ahead.count) / (8 * workers)))
        case .web where isAllowed && window > 1:
            taken < window * workers ? window : min(4 * window, max(2 * window, taken / (4 * workers)))
        default: 1
        }
    }

    enum Kind {
        case file, web, other

        init(_ source: CountedSource) { self = source.filePath != nil ? .file : source.isWeb ? .web : .other }
    }
}

/// Where documents come from, with their numbers, in their order.
protocol SourceIterator: IteratorProtocol<NumberedSource> {
    /// The next documents, if they are files of folders and nobody asks for each; otherwise nil, and nothing is taken.
    mutating func nextFiles(atMost count: Int) -> (files: FolderFiles, first: Int)?

    /// How many of these are known to come in the next calls, and whether nothing else does.
    var filesAhead: (count: Int, areLast: Bool) { get }
}

extension IndexingIterator: SourceIterator where Elements == [NumberedSource] {
    mutating func nextFiles(atMost count: Int) -> (files: FolderFiles, first: Int)? { nil }
    var filesAhead: (count: Int, areLast: Bool) { (0, false) }
}

/// Documents in batches, taken as they are asked for.
struct BatchSequence<Sources: Sequence>: Sequence where Sources.Iterator: SourceIterator {
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

        mutating func next() -> SourceBatch? {
            guard let batch = nextFiles() ?? nextEach() else { return nil }
            taken += batch.count
            return batch
        }

        private mutating func nextFiles() -> SourceBatch? {
            guard batching.isAllowed, held == nil else { return nil }
            let size = batching.size(of: .file, after: taken, ahead: sources.filesAhead)
            guard let (group, first) = sources.nextFiles(atMost: size) else { return nil }
            var (groups, count) = ([group], group.count)
            while count < size, let (group, _) = sources.nextFiles(atMost: size - count) {
                groups.append(group)
                count += group.count
            }
            return SourceBatch(groups, first: first)
        }

        private mutating func nextEach() -> SourceBatch? {
            guard let first = held.take() ?? sources.next() else { return nil }
            var batch = [first]
            let kind = Batching.Kind(first.source)
            let size = batching.size(of: kind, after: taken)
            while batch.count < size, let item = sources.next() {
                guard Batching.Kind(item.source) == kind else {
                    held = item
                    break
                }
                batch.append(item)
            }
            return SourceBatch(batch)
        }
    }
}
