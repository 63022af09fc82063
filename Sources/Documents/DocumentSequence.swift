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

    public func makeIterator() -> Iterator {
        Iterator(sources: list.sources, filter: list.filter)
    }

    public struct Iterator: IteratorProtocol {
        private var sources: ArraySlice<Source>
        private let filter: FileFilter
        private var rfcs: (base: String, numbers: ClosedRange<Int>.Iterator)?
        private var walk: FolderWalk?

        init(sources: [Source], filter: FileFilter) {
            self.sources = sources[...]
            self.filter = filter
        }

        public mutating func next() -> Document? {
            while true {
                if let number = rfcs?.numbers.next(), let base = rfcs?.base {
                    return .web(RFCNumbers.url(of: number, base: base))
                }
                if let document = walk?.next() { return document }
                guard let source = sources.popFirst() else { return nil }
                rfcs = nil
                walk = nil
                switch source {
                case .document(let document): return document
                case .rfcs(let base, let numbers): rfcs = (base, numbers.makeIterator())
                case .folder(let path): walk = FolderWalk(folder: path, filter: filter)
                }
            }
        }
    }
}
