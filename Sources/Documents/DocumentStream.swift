// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Documents that come through standard input with their contents: for each two netstrings, its name and its bytes.
///
/// A netstring (D. J. Bernstein, 1997) is a length in decimal digits, a colon, so many bytes, and a comma. So nothing in
/// a document has to be escaped, and a stream that was cut off is noticed.
///
/// Of a document only a piece is held at a time. Reading waits for the writer, and is meant for one thread at a time.
public struct DocumentStream: ~Copyable {
    /// The stream is no such stream, or ends in the middle.
    public struct Damage: Error, Sendable, Hashable, CustomStringConvertible {
        /// What was found, as a clause.
        public let description: String
    }

    /// Longer names are no names.
    private static let longestName: UInt64 = 1 << 20

    private let file: ReadableFile
    private let buffer = ReadBuffer(byteCount: LocalReading.bufferSize)
    /// What is in the buffer and was not taken.
    private var rest = 0..<0

    private init(file: consuming ReadableFile) { self.file = file }

    /// This process's standard input.
    public static func standardInput() -> DocumentStream { DocumentStream(file: .standardInput) }

    /// Reads the next document, piece by piece; nil behind the last.
    ///
    /// - Parameter update: Gets the document's next bytes, and whatever state the caller keeps.
    /// - Throws: ``Damage``; what was read of the document then is to be forgotten.
    public mutating func next<State>(
        into state: inout State, update: (inout State, RawSpan) -> Void
    ) throws(Damage) -> (name: String, byteCount: UInt64)? {
        guard let length = try length(mayEnd: true) else { return nil }
        if length > Self.longestName { throw Damage(description: "a name of \(length) bytes is none") }
        var name: [UInt8] = []
        try take(length, into: &name) { name, bytes in
            for offset in 0..<bytes.byteCount {
                // Within the span, and any byte is a byte.
                name.append(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            }
        }
        guard let byteCount = try self.length(mayEnd: false) else { return nil }
        try take(byteCount, into: &state, update)
        return (String(decoding: name, as: UTF8.self), byteCount)
    }

    /// The digits and the colon.
    private mutating func length(mayEnd: Bool) throws(Damage) -> UInt64? {
        var (length, digits) = (UInt64(0), 0)
        while let byte = try nextByte() {
            switch byte {
            case 0x30...0x39 where digits < 18: length = length * 10 + UInt64(byte - 0x30)
            case UInt8(ascii: ":") where digits > 0: return length
            default: throw Damage(description: "there is no length where one should be")
            }
            digits += 1
        }
        if digits == 0, mayEnd { return nil }
        throw Damage(description: "it ends in the middle")
    }

    private mutating func take<State>(
        _ byteCount: UInt64, into state: inout State, _ update: (inout State, RawSpan) -> Void
    ) throws(Damage) {
        var left = byteCount
        while left > 0 {
            guard try fill() else { throw Damage(description: "it ends in the middle") }
            let count = Int(min(left, UInt64(rest.count)))
            // These bytes were written by the system, and stay until the next fill.
            update(&state, unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(buffer.bytes)[rest.prefix(count)]))
            rest.removeFirst(count)
            left -= UInt64(count)
        }
        guard try nextByte() == UInt8(ascii: ",") else {
            throw Damage(description: "there is no comma behind a netstring")
        }
    }

    private mutating func nextByte() throws(Damage) -> UInt8? {
        guard try fill() else { return nil }
        // Within what was read.
        return unsafe buffer.bytes[rest.removeFirst()]
    }

    /// Whether there is anything left; reads if nothing is in the buffer.
    private mutating func fill() throws(Damage) -> Bool {
        if !rest.isEmpty { return true }
        do throws(DocumentFailure.Reason) {
            rest = 0..<(try LocalReading.fill(buffer, from: file))
        } catch {
            throw Damage(description: "\(error)")
        }
        return !rest.isEmpty
    }
}
