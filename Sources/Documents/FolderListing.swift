// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Names in one folder.
///
/// All of them lie in one piece of memory. As a string of its own each cost more than half of what it takes to read and count a
/// short file.
struct FolderListing: Sendable {
    struct Entry: Sendable {
        fileprivate let start: Int
        fileprivate let length: UInt16
        /// Whether it is UTF-8: no other name can be found again by a path.
        fileprivate let isText: Bool
        /// Some file systems do not say the kind with the name; it is `.unknown` then.
        let kind: FileKind
        /// Eight bytes of the name, as a number whose order is theirs.
        fileprivate var key: UInt64 = 0
    }

    /// Each followed by a zero, which no name has in it; in the order in which they came.
    private var names: [UInt8] = []
    private var entries: [Entry] = []
    private var next = 0

    /// How many there are that have not been taken.
    var count: Int { entries.count - next }

    /// - Parameter name: Without the zero that ends it.
    mutating func append(_ name: UnsafeRawBufferPointer, _ kind: FileKind) {
        // The lengths of names are at most 255 on all systems.
        let start = names.count
        // Copied here; the caller vouches for the bytes.
        unsafe names.append(contentsOf: name)
        let isText =
            names[start...].allSatisfy { $0 < 0x80 } || String(validating: names[start...], as: UTF8.self) != nil
        names.append(0)
        entries.append(Entry(start: start, length: UInt16(name.count), isText: isText, kind: kind))
    }

    /// Takes the next one.
    mutating func popFirst() -> Entry? {
        guard next < entries.count else { return nil }
        next += 1
        return entries[next - 1]
    }

    /// Takes the next ones, if they are regular files whose names are text. Not after ``sort()``.
    mutating func popFiles(atMost most: Int, of folder: String) -> FolderFiles? {
        let limit = min(entries.count, next + most)
        var end = next
        while end < limit, entries[end].kind == .regular, entries[end].isText { end += 1 }
        guard end > next else { return nil }
        defer { next = end }
        let last = entries[end - 1]
        return FolderFiles(
            folder: folder, names: names[entries[next].start...last.start + Int(last.length)], count: end - next)
    }

    /// The name as text; what is no UTF-8 in it is replaced.
    func name(of entry: Entry) -> String { String(decoding: bytes(of: entry), as: UTF8.self) }

    private func bytes(of entry: Entry) -> ArraySlice<UInt8> { names[entry.start..<entry.start + Int(entry.length)] }

    // MARK: The order

    /// By the bytes of the names, not as strings, whose order depends on Unicode's rules.
    ///
    /// By eight bytes of each name, from where they begin to differ. Names are much alike (`chapter-17.txt`), so the first eight
    /// of all would say little; and to compare names byte by byte takes ten times as long.
    mutating func sort() {
        let common = commonLength()
        for position in entries.indices { entries[position].key = key(of: entries[position], after: common) }
        let names = names
        entries.sort { left, right in
            guard left.key == right.key else { return left.key < right.key }
            return names[left.start..<left.start + Int(left.length)].lexicographicallyPrecedes(
                names[right.start..<right.start + Int(right.length)])
        }
    }

    /// How many bytes all names begin with.
    private func commonLength() -> Int {
        guard let first = entries.first else { return 0 }
        var common = Int(first.length)
        for entry in entries {
            common = min(common, Int(entry.length))
            var length = 0
            while length < common, names[first.start + length] == names[entry.start + length] { length += 1 }
            common = length
            if common == 0 { break }
        }
        return common
    }

    /// A name that has come to its end goes before all that go on, as a zero goes before all other bytes.
    private func key(of entry: Entry, after common: Int) -> UInt64 {
        var (key, room) = (UInt64(0), 64)
        for byte in bytes(of: entry).dropFirst(common).prefix(8) {
            room -= 8
            key |= UInt64(byte) << UInt64(room)
        }
        return key
    }
}

extension FolderListing.Entry {
    /// A link counts as the file it leads to, so that reading fails with the reason where it leads to nothing. A link
    /// to a folder is not followed: it may lead back up, and then the walk would not end.
    func kind(at path: String) -> FileKind {
        var kind = kind
        if kind == .unknown { kind = (try? FileSystem.kindWithoutFollowing(path)) ?? .regular }
        guard kind == .symbolicLink else { return kind }
        let target = (try? FileSystem.kind(of: path)) ?? .regular
        return target == .folder ? .symbolicLink : target
    }
}
