// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Values one behind the other, as their bytes: for messages of which there are many, between processes of one program.
///
/// A coder of the general kind asks the runtime for a dozen types before the first message, two milliseconds in each process, and
/// for each message takes as long as it takes to count a short file.
struct CompactBytes {
    private(set) var bytes: [UInt8] = []
    private var place = 0

    /// To be written.
    init() {}

    /// To be read.
    init(reading bytes: [UInt8]) { self.bytes = bytes }

    mutating func put(_ value: some BitwiseCopyable) {
        // BitwiseCopyable: the bytes are the value. Read only, within the closure.
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func put(_ counted: some Collection<UInt8>) {
        put(counted.count)
        bytes += counted
    }

    /// - Throws: When there is less than that.
    mutating func take<Value: BitwiseCopyable>(_ type: Value.Type = Value.self) throws -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - place >= size else { throw MessageIsCutShort() }
        defer { place += size }
        // BitwiseCopyable, of the same program; as many bytes as it has are there.
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: place, as: Value.self) }
    }

    mutating func takeBytes() throws -> ArraySlice<UInt8> {
        let count = try take(Int.self)
        guard (0...bytes.count - place).contains(count) else { throw MessageIsCutShort() }
        defer { place += count }
        return bytes[place..<place + count]
    }

    mutating func takeText() throws -> String { String(decoding: try takeBytes(), as: UTF8.self) }
}

/// Fewer bytes than were written.
struct MessageIsCutShort: Error {}
