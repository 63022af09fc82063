// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension NamedSharedMemory {
    /// A named segment of this machine, whoever made it.
    public struct Listed: Sendable, Hashable {
        /// Without a slash in front.
        public let name: String

        /// How many bytes it has.
        public let byteCount: Int

        /// Who removes it; nil when it was not made by this library.
        public let owner: Owner?

        /// False when the name was removed and only the owner's record still holds the memory.
        public let isPublished: Bool
    }

    /// The process that made a segment.
    public struct Owner: Sendable, Hashable {
        /// Its number, in its own namespace of process numbers.
        public let processIdentifier: Int32

        /// Whether it still runs; nil when it lives, or lived, in another namespace of process numbers (another container),
        /// where that cannot be known.
        public let isAlive: Bool?
    }

    /// All named segments of this machine, by name. They may change at any moment.
    ///
    /// - Throws: `.system` when `/dev/shm` cannot be read.
    public static func list() throws(NamedSharedMemoryError) -> [Listed] {
        let names: [String]
        do { names = try NamedMemory.names() } catch { throw .system(error) }
        var owned: Set<String> = []
        var listed: [Listed] = []
        for record in names.compactMap({ SegmentName.Record($0) }) {
            guard let recorded = NamedMemory.look(at: record.text) else { continue }
            let name = record.segment.text
            let isPublished = NamedMemory.look(at: name)?.identity == recorded.identity
            if isPublished { owned.insert(name) }
            let owner = Owner(processIdentifier: record.owner.number, isAlive: NamedSegments.isAlive(record))
            listed.append(
                Listed(name: name, byteCount: recorded.byteCount, owner: owner, isPublished: isPublished))
        }
        for name in names where SegmentName.Record(name) == nil && !owned.contains(name) {
            guard let found = NamedMemory.look(at: name) else { continue }
            listed.append(Listed(name: name, byteCount: found.byteCount, owner: nil, isPublished: true))
        }
        return listed.sorted { $0.name < $1.name }
    }

    /// Removes the segments whose owners are dead, and nothing else: not those of other programs, of other
    /// containers, or of other users.
    ///
    /// Whether processes still have them mapped does not matter: those keep the memory.
    /// - Returns: The names of what was removed.
    /// - Throws: `.system` when `/dev/shm` cannot be opened.
    @discardableResult
    public static func sweep() throws(NamedSharedMemoryError) -> [String] {
        try NamedMemory.withFolderLocked(failure: NamedSharedMemoryError.system) {
            () throws(NamedSharedMemoryError) in NamedSegments.sweep()
        }
    }
}
