// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The documents below one folder in the order in which the system gives their names, found while they are asked for.
///
/// The first ones are there before the folder has been listed to its end, which takes milliseconds for ten thousand files. It holds
/// one descriptor, and the names of the folders that it has yet to enter. Copies go on together.
struct FolderSweep {
    /// How many names are taken from the system at a time.
    private static let chunk = 1_024

    private let filter: FileFilter
    /// How many bytes of a path come before what patterns are compared with.
    private let rootLength: Int
    /// Yet to be entered, each without a slash at its end.
    private var folders: [String]

    /// The folder that is being listed, with a slash at its end.
    private var path = ""
    private var stream: FolderStream?
    private var listing = FolderListing()
    /// Found while files were looked for.
    private var others: [Document] = []

    init(folder: String, filter: FileFilter) {
        self.filter = filter
        folders = [folder]
        rootLength = Self.path(of: folder).utf8.count
    }

    /// How many names have been taken from the system and not yet been given; and whether no others follow.
    var ahead: (count: Int, areLast: Bool) { (listing.count, stream == nil && folders.isEmpty) }

    /// Whether there is nothing left.
    var isAtEnd: Bool { others.isEmpty && listing.count == 0 && stream == nil && folders.isEmpty }

    mutating func next() -> Document? {
        while true {
            if let document = others.popLast() { return document }
            if let entry = listing.popFirst() {
                visit(entry)
            } else if !fill() {
                return nil
            }
        }
    }

    /// The next documents, if they are regular files of one folder; otherwise nil, and ``next()`` has the next one.
    mutating func nextFiles(atMost count: Int) -> FolderFiles? {
        guard filter.takesAll else { return nil }
        while others.isEmpty {
            if let files = listing.popFiles(atMost: count, of: path) { return files }
            if let entry = listing.popFirst() {
                visit(entry)
            } else if !fill() {
                return nil
            }
        }
        return nil
    }

    private mutating func visit(_ entry: FolderListing.Entry) {
        let name = listing.name(of: entry)
        let path = path + name
        let relativePath = String(path.utf8.dropFirst(rootLength)) ?? name
        switch entry.kind(at: path) {
        case .regular where filter.takesFile(name: name, path: relativePath): others.append(.file(path))
        case .folder where filter.entersFolder(name: name, path: relativePath): folders.append(path)
        default: break
        }
    }

    /// Takes in more names; false when there are no more, anywhere.
    private mutating func fill() -> Bool {
        listing = FolderListing()
        guard stream != nil || enterNext() else { return !others.isEmpty }
        do throws(SystemFailure) {
            if try stream?.read(into: &listing, atMost: Self.chunk) != true { stream = nil }
        } catch {
            // What could not be listed must not vanish: read as a file it fails, and says why.
            others.append(.file(path))
            stream = nil
        }
        return true
    }

    private mutating func enterNext() -> Bool {
        guard let folder = folders.popLast() else { return false }
        path = Self.path(of: folder)
        do throws(SystemFailure) { stream = try FolderStream(opening: folder) } catch {
            others.append(.file(folder))
        }
        return stream != nil
    }

    /// With a slash at its end, for names to be put behind it.
    static func path(of folder: String) -> String { folder.hasSuffix("/") ? folder : folder + "/" }
}
