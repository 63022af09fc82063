// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The documents of a ``SourceList``, made one by one while they are asked for.
///
/// - In the order of the sources; a folder's in the order of their names' bytes, the files of an inner folder where its
///   name stands. The same folder gives the same order every time.
/// - Of a folder only regular files, hidden ones too. Symbolic links are read when they lead to files and are not
///   followed when they lead to folders; pipes, sockets and devices are left out.
/// - A folder that cannot be listed, and a link that leads nowhere, are among the documents: reading them fails with
///   the reason, so that nothing is missing unnoticed.
/// - Only the names of the folders that it is in are held, never all of a tree. Each iteration lists the folders anew.
///
/// `next()` may wait for the disk, and is meant for one thread at a time.
public struct DocumentSequence: Sequence, Sendable {
    let list: SourceList
    private var isInOrder = true

    init(list: SourceList) { self.list = list }

    /// The same documents, those of a folder in the order in which the system gives their names: the first one comes before the
    /// folder has been listed, and ``Iterator/nextFiles(atMost:)`` gives many at once. It is not the same order every time, and one
    /// descriptor is held while a folder is listed.
    public var inAnyOrder: DocumentSequence {
        var documents = self
        documents.isInOrder = false
        return documents
    }

    public func makeIterator() -> Iterator {
        Iterator(sources: list.sources, filter: list.filter, isInOrder: isInOrder)
    }

    public struct Iterator: IteratorProtocol {
        private var sources: ArraySlice<Source>
        private let filter: FileFilter
        private var rfcs: (base: String, numbers: ClosedRange<Int>.Iterator)?
        private var hasNoRFCs: Bool { if case .none = rfcs { true } else { false } }
        private let isInOrder: Bool
        private var walk: FolderWalk?
        private var sweep: FolderSweep?

        init(sources: [Source], filter: FileFilter, isInOrder: Bool) {
            self.sources = sources[...]
            self.filter = filter
            self.isInOrder = isInOrder
        }

        public mutating func next() -> Document? {
            while true {
                if let number = rfcs?.numbers.next(), let base = rfcs?.base {
                    return .web(RFCNumbers.url(of: number, base: base))
                }
                if let document = walk?.next() ?? sweep?.next() { return document }
                guard let source = sources.popFirst() else { return nil }
                rfcs = nil
                walk = nil
                sweep = nil
                switch source {
                case .document(let document): return document
                case .rfcs(let base, let numbers): rfcs = (base, numbers.makeIterator())
                case .folder(let path) where isInOrder: walk = FolderWalk(folder: path, filter: filter)
                case .folder(let path): sweep = FolderSweep(folder: path, filter: filter)
                }
            }
        }

        /// How many files ``nextFiles(atMost:)`` is known to have for the next calls, and whether there are no other documents: so
        /// that they can be shared out evenly. A few of them may turn out to be no files.
        public var filesAhead: (count: Int, areLast: Bool) {
            guard let (count, areLast) = sweep?.ahead else { return (0, false) }
            return (count, areLast && sources.isEmpty)
        }

        /// The next documents, if they are files of one folder, and they are asked for ``DocumentSequence/inAnyOrder``.
        ///
        /// It is many times faster than to make a document of each. `nil` means that the next document, if there is one, is to be
        /// asked for with ``next()``: because it is no file of a folder, because there are patterns, or because its name is no
        /// text.
        public mutating func nextFiles(atMost count: Int) -> FolderFiles? {
            while !isInOrder, hasNoRFCs {
                if let files = sweep?.nextFiles(atMost: count) { return files }
                guard sweep?.isAtEnd ?? true, case .folder(let path)? = sources.first else { return nil }
                sources.removeFirst()
                sweep = FolderSweep(folder: path, filter: filter)
            }
            return nil
        }
    }
}
