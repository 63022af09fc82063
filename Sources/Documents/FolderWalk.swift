// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The documents below one folder, found while they are asked for.
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
        var entries: ArraySlice<FolderEntry>
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
            guard let entry = levels[top].entries.popFirst() else {
                levels.removeLast()
                continue
            }
            if let document = visit(entry, in: levels[top]) { return document }
        }
    }

    private mutating func visit(_ entry: FolderEntry, in level: Level) -> Document? {
        let path = level.path + entry.name
        let relativePath = level.relativePath + entry.name
        switch Self.kind(of: entry, at: path) {
        case .regular where filter.takesFile(name: entry.name, path: relativePath):
            return .file(path)
        case .folder where filter.entersFolder(name: entry.name, path: relativePath):
            enter(path, relativePath: relativePath + "/")
            return nil
        default:
            return nil
        }
    }

    /// A link counts as the file it leads to, so that reading fails with the reason where it leads to nothing. A link
    /// to a folder is not followed: it may lead back up, and then the walk would not end.
    private static func kind(of entry: FolderEntry, at path: String) -> FileKind {
        var kind = entry.kind
        if kind == .unknown { kind = (try? FileSystem.kindWithoutFollowing(path)) ?? .regular }
        guard kind == .symbolicLink else { return kind }
        let target = (try? FileSystem.kind(of: path)) ?? .regular
        return target == .folder ? .symbolicLink : target
    }

    private mutating func enter(_ folder: String, relativePath: String) {
        do throws(SystemFailure) {
            let entries = try FileSystem.entries(of: folder).sorted()
            let path = folder.hasSuffix("/") ? folder : folder + "/"
            levels.append(Level(path: path, relativePath: relativePath, entries: entries[...]))
        } catch {
            // It must not vanish: read as a file it fails, and says why.
            unlisted = .file(folder)
        }
    }
}
