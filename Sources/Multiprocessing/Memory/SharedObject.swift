// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// One object in shared memory of its own, found by its descriptor: the ground of every `Shared…` type.
///
/// Layout: a head of 64 bytes (mark "mpsh", kind, layout version, type mark, size of the payload), then the payload.
/// The head is written before anybody else can have the descriptor and never changed afterwards.
@usableFromInline
final class SharedObject: Sendable {
    /// What an object is, so that memory which holds another kind is refused.
    enum Kind: UInt32, Sendable {
        case value = 1
        case array, atomic, counter, mutex, recursiveMutex, readWriteLock, semaphore, condition, event, barrier
        case once, queue
        case memory, atomicArray, heap
    }

    static let headByteCount = 64
    private static let mark: UInt32 = 0x6873_706d
    private static let version: UInt32 = 1

    let file: MemoryFile
    let mapping: Mapping
    /// How much there is behind the head.
    let payloadByteCount: Int

    /// Makes a new object whose payload is zero.
    /// - Parameter type: A number that stands for the layout of what is inside.
    init(_ kind: Kind, type: UInt64 = 0, payloadByteCount: Int) throws(SharedMemoryError) {
        self.payloadByteCount = payloadByteCount
        let byteCount = Mapping.wholePages(Self.headByteCount + payloadByteCount)
        do {
            file = try MemoryFile(named: "\(kind)")
            try file.grow(to: byteCount)
            try file.seal([.shrink, .grow, .seals])
            mapping = try Mapping(of: file, byteCount: byteCount, isWritable: true)
        } catch {
            throw .system(error)
        }
        writeHead(kind, type, payloadByteCount)
    }

    /// Uses an object that another process made. Nothing of what it says about itself is believed unchecked.
    convenience init(
        adopting descriptor: DescriptorHandle, _ kind: Kind, type: UInt64 = 0, payloadByteCount: Int
    ) throws(SharedMemoryError) {
        try self.init(adopting: descriptor, kind, type: type) { $0 == payloadByteCount }
    }

    /// The same for a payload whose size only its maker knows.
    /// - Parameter isPossible: Whether there can be a payload of this many bytes. The count is what the head says, read
    ///   once, and no more than the memory holds.
    init(
        adopting descriptor: DescriptorHandle, _ kind: Kind, type: UInt64 = 0,
        whosePayload isPossible: (_ byteCount: Int) -> Bool
    ) throws(SharedMemoryError) {
        file = MemoryFile(adopting: descriptor)
        guard file.isWritable else { throw .readOnly }
        guard file.seals.contains(.shrink) else { throw .sizeNotSealed }
        do {
            let found = try file.byteCount()
            guard found >= Mapping.pageByteCount else {
                throw SharedMemoryError.tooSmall(expected: Mapping.pageByteCount, found: found)
            }
            let head = try Mapping(of: file, byteCount: Mapping.pageByteCount, isWritable: true)
            let isRight =
                head.word(at: 0).value == Self.mark && head.word(at: 4).value == kind.rawValue
                && head.word(at: 8).value == Self.version && head.wideWord(at: 16).value == type
            let payload = Int(clamping: head.wideWord(at: 24).value)
            guard isRight, payload <= Int.max / 2, isPossible(payload) else {
                throw SharedMemoryError.wrongContent(expected: "a \(kind) of this type")
            }
            payloadByteCount = payload
            let expected = Mapping.wholePages(Self.headByteCount + payload)
            guard found >= expected else { throw SharedMemoryError.tooSmall(expected: expected, found: found) }
            mapping =
                expected == head.byteCount ? head : try Mapping(of: file, byteCount: expected, isWritable: true)
        } catch let error as SystemError {
            throw .system(error)
        } catch let error as SharedMemoryError {
            throw error
        } catch {
            // Nothing else is thrown above.
            throw .wrongContent(expected: "a \(kind)")
        }
    }

    private func writeHead(_ kind: Kind, _ type: UInt64, _ payloadByteCount: Int) {
        mapping.word(at: 4).store(kind.rawValue)
        mapping.word(at: 8).store(Self.version)
        mapping.wideWord(at: 16).store(type)
        mapping.wideWord(at: 24).store(UInt64(payloadByteCount))
        mapping.word(at: 0).store(Self.mark)
    }

    /// What travels: all else is in the memory itself.
    var descriptor: DescriptorHandle { file.descriptor }

    /// A word of the payload.
    func word(at offset: Int) -> SharedWord { mapping.word(at: Self.headByteCount + offset) }

    /// A wide word of the payload.
    func wideWord(at offset: Int) -> SharedWideWord { mapping.wideWord(at: Self.headByteCount + offset) }

    /// A lock in the payload, which needs `OwnerLock.byteCount` bytes.
    func lock(at offset: Int) -> OwnerLock { OwnerLock(in: mapping, at: Self.headByteCount + offset) }

    /// The address of a place in the payload. Valid while the object lives.
    func address(at offset: Int) -> UnsafeMutableRawPointer {
        precondition(offset >= 0 && Self.headByteCount + offset <= mapping.byteCount, "a place outside its mapping")
        return unsafe mapping.base + Self.headByteCount + offset  // in bounds, as just checked
    }
}
