// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One named segment as this process sees it. As its owner it removes the names with the end of its life.
final class NamedSegment: Sendable {
    let name: SegmentName
    let file: MemoryFile
    let mapping: Mapping
    /// The file behind the name, to tell it from a later one of the same name.
    private let fileIdentity: [UInt64]
    /// nil: attached, and somebody else's.
    private let record: SegmentName.Record?

    /// The steps of making one, for tests that end a process after each.
    enum Step: Int, Codable, CaseIterable {
        case made, initialized, recorded, published
    }

    /// Makes one. Nobody sees it before it is complete: it has no name until then.
    init(
        creating name: SegmentName, byteCount: Int, initialize: (inout MutableRawSpan) -> Void,
        onStep: (Step) -> Void = { _ in }
    ) throws(NamedSharedMemoryError) {
        guard byteCount > 0, byteCount <= Int.max / 4 else { throw .invalidByteCount(byteCount) }
        let record = name.record(of: .currentProcess, in: NamedMemory.processNamespace)
        do {
            file = try NamedMemory.makeNameless()
            try file.grow(to: byteCount)
            onStep(.made)
            mapping = try Mapping(of: file, byteCount: byteCount, isWritable: true)
            fileIdentity = try file.fileIdentity()
        } catch {
            throw .system(error)
        }
        // This process's only, until it has a name.
        var bytes = unsafe UnsafeMutableRawBufferPointer(start: mapping.base, count: byteCount).mutableBytes
        initialize(&bytes)
        onStep(.initialized)
        self.name = name
        self.record = record
        try Self.publish(file, name, record, onStep)
    }

    /// The record first: what ends in between leaves one that says who it was, and is swept.
    private static func publish(
        _ file: MemoryFile, _ name: SegmentName, _ record: SegmentName.Record, _ onStep: (Step) -> Void
    ) throws(NamedSharedMemoryError) {
        try locked { () throws(NamedSharedMemoryError) in
            // A name of somebody dead is free.
            NamedSegments.sweep(only: name)
            do throws(SystemError) {
                try NamedMemory.link(file, as: record.text)
                onStep(.recorded)
            } catch {
                throw error.isPresence ? .nameTaken(name.text) : .system(error)
            }
            do throws(SystemError) {
                try NamedMemory.link(file, as: name.text)
                onStep(.published)
            } catch {
                try? NamedMemory.unlink(record.text)
                throw error.isPresence ? .nameTaken(name.text) : .system(error)
            }
        }
    }

    /// Uses one that there is.
    init(attachingTo name: SegmentName) throws(NamedSharedMemoryError) {
        self.name = name
        record = nil
        do {
            file = try NamedMemory.open(name.text)
            fileIdentity = try file.fileIdentity()
            let byteCount = try file.byteCount()
            // Others name a segment first and size it then.
            guard byteCount > 0 else { throw NamedSharedMemoryError.notReady(name.text) }
            mapping = try Mapping(of: file, byteCount: byteCount, isWritable: true)
        } catch let error as SystemError {
            throw error.isAbsence ? .notFound(name.text) : .system(error)
        } catch {
            throw .notReady(name.text)
        }
    }

    deinit { if isOwner { try? unlink() } }

    /// Whether this process made it and may remove it. The copy of a handle in a forked child is not the owner.
    var isOwner: Bool { record?.owner == .currentProcess }

    /// Whether the name still leads to this memory.
    var isPublished: Bool { NamedMemory.look(at: name.text)?.identity == fileIdentity }

    /// Removes both names; for the owner only. Again: does nothing.
    func unlink() throws(NamedSharedMemoryError) {
        guard let record, isOwner else { throw .notOwner(name.text) }
        try Self.locked { () throws(NamedSharedMemoryError) in
            // The record is this file's and nobody else's; the name may be somebody else's by now.
            if isPublished { try Self.remove(name.text) }
            try Self.remove(record.text)
        }
    }

    /// Gives it its name again.
    func republish() throws(NamedSharedMemoryError) {
        guard let record, isOwner else { throw .notOwner(name.text) }
        try Self.locked { () throws(NamedSharedMemoryError) in
            if isPublished { return }
            do throws(SystemError) {
                try NamedMemory.link(file, as: name.text)
            } catch {
                if error.isPresence { throw .nameTaken(name.text) }
                // Without any name left the kernel gives it none again.
                throw NamedMemory.look(at: record.text) == nil ? .notFound(record.text) : .system(error)
            }
        }
    }

    private static func remove(_ name: String) throws(NamedSharedMemoryError) {
        do { try NamedMemory.unlink(name) } catch { if !error.isAbsence { throw .system(error) } }
    }

    private static func locked<Result>(
        _ body: () throws(NamedSharedMemoryError) -> Result
    ) throws(NamedSharedMemoryError) -> Result {
        try NamedMemory.withFolderLocked(failure: NamedSharedMemoryError.system, body)
    }
}

/// All named segments of this machine.
enum NamedSegments {
    /// Every record that there is, and whether its segment still has its name.
    static func records() throws(SystemError) -> [SegmentName.Record] {
        try NamedMemory.names().compactMap { SegmentName.Record($0) }
    }

    /// nil: in another namespace of process numbers, where nothing can be known.
    static func isAlive(_ record: SegmentName.Record) -> Bool? {
        record.namespace == NamedMemory.processNamespace ? record.owner.processIsAlive : nil
    }

    /// Removes what the dead have left, of one name or of all; with the folder locked. Answers the names.
    @discardableResult
    static func sweep(only name: SegmentName? = nil) -> [String] {
        var removed: [String] = []
        for record in (try? records()) ?? [] where name == nil || record.segment == name {
            guard isAlive(record) == false, let recorded = NamedMemory.look(at: record.text) else { continue }
            let isItsOwn = NamedMemory.look(at: record.segment.text)?.identity == recorded.identity
            do {
                // The record last: who ends in between leaves it for the next.
                if isItsOwn { try NamedMemory.unlink(record.segment.text) }
                try NamedMemory.unlink(record.text)
                removed.append(record.segment.text)
            } catch {
                // Another user's, most likely: not ours to remove.
                continue
            }
        }
        return removed
    }
}
