// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The fixed beginning of a ring's memory: written before anybody else can have the descriptor, and read once, by
/// whoever adopts it.
///
/// Layout: mark "mpsh" (4), kind (4), layout version (4), format (4), the elements' type (8), capacity (8), bytes of the
/// ring (8), bytes for large payloads (8), bytes for huge ones (8), bytes of an element (8).
struct RingHead {
    private static let mark: UInt32 = 0x6873_706d
    private static let version: UInt32 = 1

    private let mapping: Mapping

    init(_ mapping: Mapping) { self.mapping = mapping }

    func write(_ parameters: SharedRing.Parameters) {
        mapping.word(at: 4).store(SharedObject.Kind.queue.rawValue)
        mapping.word(at: 8).store(Self.version)
        mapping.word(at: 12).store(parameters.format)
        mapping.wideWord(at: 16).store(parameters.type)
        mapping.wideWord(at: 24).store(UInt64(parameters.capacity))
        mapping.wideWord(at: 32).store(UInt64(parameters.ringByteCount))
        mapping.wideWord(at: 40).store(UInt64(parameters.largeByteCount))
        mapping.wideWord(at: 48).store(UInt64(parameters.hugeByteCount))
        mapping.wideWord(at: 56).store(UInt64(parameters.elementByteCount))
        mapping.word(at: 0).store(Self.mark)
    }

    /// What a received file says it is made for, if a ring of that kind fits into it.
    static func parameters(in file: MemoryFile) throws(SharedMemoryError) -> SharedRing.Parameters {
        guard file.isWritable else { throw .readOnly }
        guard file.seals.contains(.shrink) else { throw .sizeNotSealed }
        let found: Int
        let mapping: Mapping
        do {
            found = try file.byteCount()
            guard found >= Mapping.pageByteCount else {
                throw SharedMemoryError.tooSmall(expected: Mapping.pageByteCount, found: found)
            }
            mapping = try Mapping(of: file, byteCount: Mapping.pageByteCount, isWritable: true)
        } catch let error as SystemError {
            throw .system(error)
        } catch {
            throw error as? SharedMemoryError ?? .wrongContent(expected: "a queue")
        }
        guard let parameters = RingHead(mapping).parameters else { throw .wrongContent(expected: "a queue") }
        let expected = parameters.mappedByteCount
        guard found >= expected else { throw .tooSmall(expected: expected, found: found) }
        return parameters
    }

    /// nil: what is there makes no ring.
    private var parameters: SharedRing.Parameters? {
        guard mapping.word(at: 0).value == Self.mark, mapping.word(at: 8).value == Self.version,
            mapping.word(at: 4).value == SharedObject.Kind.queue.rawValue,
            let capacity = Int(exactly: mapping.wideWord(at: 24).value), (1...RingWord.mostRecords).contains(capacity),
            let ring = Int(exactly: mapping.wideWord(at: 32).value), ring <= SharedRing.mostRingBytes,
            ring >= Mapping.pageByteCount, ring & (ring - 1) == 0,
            let large = Int(exactly: mapping.wideWord(at: 40).value), large <= SharedRing.mostRingBytes,
            large == 0 || large >= Mapping.pageByteCount && large & (large - 1) == 0,
            let huge = Int(exactly: mapping.wideWord(at: 48).value),
            let element = Int(exactly: mapping.wideWord(at: 56).value), element <= ring
        else { return nil }
        return SharedRing.Parameters(
            capacity: capacity, ringByteCount: ring, largeByteCount: large, hugeByteCount: huge,
            format: mapping.word(at: 12).value, elementByteCount: element, type: mapping.wideWord(at: 16).value)
    }
}
