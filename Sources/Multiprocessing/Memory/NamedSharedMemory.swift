// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Memory that has a name, for programs in other languages: what POSIX's `shm_open` and Python's
/// `multiprocessing.shared_memory.SharedMemory` know by it.
///
///     let frame = try NamedSharedMemory.create(name: "frame", byteCount: 640 * 480)
///     // Python: SharedMemory("frame").buf, or numpy.ndarray(…, buffer=SharedMemory("frame").buf)
///
/// Between processes of this library use ``SharedMemory``: it has no name that could be left behind or taken by somebody else,
/// a lock, and a size that nobody can change.
///
/// **Who removes it.** The process that made it owns it: the name goes with the last handle in that process, or by
/// ``unlink()``. A process that attached never removes it. If the owner is killed, the name stays until somebody calls
/// ``sweep()``, or makes one of the same name; who the owner is stands beside the segment (a second name,
/// `NAME.owner-…`), and only what belongs to the dead is removed.
///
/// **Python before 3.13**, and 3.13 without `track=False`, removes at its end the name of every segment that it has
/// *attached* to. The owner here keeps its memory nevertheless, and so does everybody who has it mapped; ``isPublished`` tells, and
/// ``republish()`` gives the name back.
///
/// **What cannot be kept safe.** Others write to these bytes as they like, and may even change the size of the file. Whoever
/// touches bytes that have been cut off, by the unsafe forms, is ended by a signal (`SIGBUS`); ``bytes(in:)`` and
/// ``write(_:at:)`` throw instead. Agree with the other side on who writes when.
///
/// The names live in `/dev/shm`, with the rights of their user alone (0600).
public struct NamedSharedMemory: Sendable {
    let segment: NamedSegment

    /// Makes memory with a name, all zero or as the body makes it. It has its name when it is complete and not before.
    ///
    /// - Parameters:
    ///   - name: With or without a slash in front; nil for one made by chance, `psm_` and eight digits.
    ///   - byteCount: At least 1. Others see exactly this size.
    ///   - initialize: Fills the bytes. Nobody else sees them meanwhile.
    /// - Throws: `.invalidName`; `.invalidByteCount`; `.nameTaken`, but not by a name whose owner is dead; `.system` when there
    ///   is no space or no `/dev/shm`.
    public static func create(
        name: String? = nil, byteCount: Int, initialize: (inout MutableRawSpan) -> Void = { _ in }
    ) throws(NamedSharedMemoryError) -> NamedSharedMemory {
        guard let name else { return try createByChance(byteCount, initialize) }
        return NamedSharedMemory(
            segment: try NamedSegment(creating: try checked(name), byteCount: byteCount, initialize: initialize))
    }

    private static func createByChance(
        _ byteCount: Int, _ initialize: (inout MutableRawSpan) -> Void
    ) throws(NamedSharedMemoryError) -> NamedSharedMemory {
        while true {
            do throws(NamedSharedMemoryError) {
                return NamedSharedMemory(
                    segment: try NamedSegment(creating: .random(), byteCount: byteCount, initialize: initialize))
            } catch .nameTaken {
                continue
            }
        }
    }

    /// Uses memory that has this name already, whoever made it; never removes it.
    ///
    /// - Throws: `.invalidName`; `.notFound`; `.notReady` while whoever makes it has not given it its size; `.system`.
    public static func attach(name: String) throws(NamedSharedMemoryError) -> NamedSharedMemory {
        NamedSharedMemory(segment: try NamedSegment(attachingTo: try checked(name)))
    }

    private static func checked(_ name: String) throws(NamedSharedMemoryError) -> SegmentName {
        guard let checked = SegmentName(name) else { throw .invalidName(name) }
        return checked
    }

    /// The name, without a slash, as Python has it.
    public var name: String { segment.name.text }

    /// How many bytes there are; fixed when the handle was made.
    public var byteCount: Int { segment.mapping.byteCount }

    /// Whether this process made it, and therefore removes its name.
    public var isOwner: Bool { segment.isOwner }

    /// Whether its name still leads to this memory.
    public var isPublished: Bool { segment.isPublished }

    /// Removes the name. Who has the memory mapped keeps it. The second call does nothing.
    ///
    /// - Throws: `.notOwner` in a process that did not make it; `.system`.
    public func unlink() throws(NamedSharedMemoryError) { try segment.unlink() }

    /// Gives it its name again, if somebody has removed it. Otherwise does nothing.
    ///
    /// - Throws: `.notOwner`; `.nameTaken` when the name leads to other memory by now; `.notFound` when the owner's record was
    ///   removed too, without which the kernel gives it no name; `.system`.
    public func republish() throws(NamedSharedMemoryError) { try segment.republish() }
}

extension NamedSharedMemory: Codable {
    /// Attaches to the memory of this name.
    public init(from decoder: any Decoder) throws {
        self = try .attach(name: try decoder.singleValueContainer().decode(String.self))
    }

    /// The name: what has it at the other end is what the receiver attaches to. Keep the owner alive until then.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
