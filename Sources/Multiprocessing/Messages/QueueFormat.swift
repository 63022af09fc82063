// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How the elements of a shared queue lie in its records.
@usableFromInline
struct QueueFormat<Element: Codable & Sendable>: Sendable {
    @usableFromInline
    enum Kind: UInt32, Sendable {
        /// Their memory itself, all of one size.
        case inPlace = 1
        /// Arrays of bytes, as they are.
        case bytes
        /// By the message coder.
        case coded
    }

    @usableFromInline let kind: Kind

    @usableFromInline
    init(_ kind: Kind) { self.kind = kind }

    /// What a ring for such elements is made with.
    func parameters(capacity: Int, byteCount: Int, largeByteCount: Int) throws(SharedMemoryError)
        -> SharedRing.Parameters
    {
        precondition((1...RingWord.mostRecords).contains(capacity), "a queue of \(capacity) elements is not possible")
        var ringByteCount = Mapping.pageByteCount
        while ringByteCount < byteCount {
            ringByteCount *= 2
            if ringByteCount > SharedRing.mostRingBytes { throw .invalidByteCount(byteCount) }
        }
        var large = kind == .inPlace ? 0 : min(ringByteCount * 16, SharedRing.mostRingBytes)
        while large > largeByteCount { large /= 2 }
        return SharedRing.Parameters(
            capacity: capacity, ringByteCount: ringByteCount, largeByteCount: large < Mapping.pageByteCount ? 0 : large,
            hugeByteCount: max(0, largeByteCount), format: kind.rawValue,
            elementByteCount: kind == .inPlace ? max(1, MemoryLayout<Element>.size) : 0, type: typeMark)
    }

    /// The bytes of the ring that hold this many elements.
    static func byteCount(ofInPlace capacity: Int) throws(SharedMemoryError) -> Int {
        let record = Int(SharedRing.units(for: MemoryLayout<Element>.size)) * 8
        let (product, overflow) = record.multipliedReportingOverflow(by: max(1, capacity))
        if overflow || product > SharedRing.mostRingBytes { throw .invalidByteCount(product) }
        return product
    }

    /// The format that a ring was made with, if it is one for these elements.
    init(of ring: SharedRing) throws(SharedMemoryError) {
        let parameters = ring.parameters
        guard let kind = Kind(rawValue: parameters.format), parameters.type == QueueFormat(kind).typeMark else {
            throw .wrongContent(expected: "a queue of \(Element.self)")
        }
        let isRight =
            switch kind {
            // Only values without references are their bytes, whatever a sender says.
            case .inPlace:
                _isPOD(Element.self) && parameters.elementByteCount == max(1, MemoryLayout<Element>.size)
                    && Int(SharedRing.units(for: MemoryLayout<Element>.size)) * 8 * parameters.capacity
                        <= parameters.ringByteCount
            case .bytes: Element.self == [UInt8].self && parameters.elementByteCount == 0
            case .coded: parameters.elementByteCount == 0
            }
        guard isRight else { throw .wrongContent(expected: "a queue of \(Element.self)") }
        self.init(kind)
    }

    /// Stands for the type and its size; the same in every process of a program.
    private var typeMark: UInt64 {
        let name = "\(kind.rawValue) \(MemoryLayout<Element>.size) \(_typeName(Element.self))"
        // FNV-1a: stable over processes, unlike the standard library's seeded hashing.
        return name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The bytes of an element that has to be made into some; nil: they are its memory.
    @inlinable
    func bytes(of element: Element) throws(SendError<Element>) -> [UInt8]? {
        switch kind {
        case .inPlace: return nil
        // The cast is none where the type is known.
        case .bytes: return (element as? [UInt8]) ?? []
        case .coded: return try encoded(element)
        }
    }

    @usableFromInline
    func encoded(_ element: Element) throws(SendError<Element>) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try MessageEncoder.encode(element, into: &bytes)
        } catch {
            throw .notEncoded(element, reason: error)
        }
        return bytes
    }

    /// The element that the bytes of a record are; not for those in place.
    @inlinable
    func element(of bytes: [UInt8]) throws(ReceiveError) -> Element {
        if kind == .bytes, let element = bytes as? Element { return element }
        return try decoded(bytes)
    }

    @usableFromInline
    func decoded(_ bytes: [UInt8]) throws(ReceiveError) -> Element {
        do {
            return try MessageDecoder.decode(Element.self, from: bytes[...])
        } catch {
            throw .notDecoded(reason: error)
        }
    }
}
