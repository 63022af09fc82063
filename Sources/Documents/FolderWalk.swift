// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The documents below one folder in the order of their names, found while they are asked for.
///
/// It holds the names of the folders between the top and where it is, and no descriptor, so a pause costs nothing and a
/// tree of any size little.
struct FolderWalk: IteratorProtocol {
    /// A folder that has been entered.
    private struct Level {
        /// With a slash at its end.
        let path: String
        /// The same below the folder that was given: empty, or with a slash at its end.
        let relativePath: String
        var listing: FolderListing
    }

    private let filter: FileFilter
    private var levels: [Level] = []
    private var unlisted: Document?

    init(folder: String, filter: FileFilter) {
        self.filter = filter
        enter(folder, relativePath: "")
    }

    mutating func next() -> Document? {
        while true {
            if let folder = unlisted.take() { return folder }
            guard !levels.isEmpty else { return nil }
            let top = levels.count - 1
            guard let entry = levels[top].listing.popFirst() else {
                levels.removeLast()
                continue
            }
            if let document = visit(entry, in: levels[top]) { return document }
        }
    }

    private mutating func visit(_ entry: FolderListing.Entry, in level: Level) -> Document? {
        let name = level.listing.name(of: entry)
        let path = level.path + name
        let relativePath = level.relativePath + name
        switch entry.kind(at: path) {
        case .regular where filter.takesFile(name: name, path: relativePath):
            return .file(path)
        case .folder where filter.entersFolder(name: name, path: relativePath):
            enter(path, relativePath: relativePath + "/")
            return nil
        default:
            return nil
        }
    }

    private mutating func enter(_ folder: String, relativePath: String) {
        do throws(SystemFailure) {
            var listing = FolderListing()
            try FolderStream(opening: folder).read(into: &listing)
            listing.sort()
            levels.append(
                Level(path: FolderSweep.path(of: folder), relativePath: relativePath, listing: listing))
        } catch {
            // It must not vanish: read as a file it fails, and says why.
            unlisted = .file(folder)
        }
    }
}
