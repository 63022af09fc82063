// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What stands before the work in a request: the length of the type's name (2), the name, and words if there are any.
///
/// The highest bit of the length says that there are, so that nothing else changes where there are none.
enum WorkRequest {
    static let longestName = 0x7fff
    private static let mark: UInt8 = 0x80

    /// - Parameter nameBytes: The name's length and the name.
    static func head(_ nameBytes: [UInt8], carrying words: [CarriedWords]) -> [UInt8] {
        if words.isEmpty { return nameBytes }
        var bytes = nameBytes
        bytes[1] |= mark
        return bytes + CarriedWords.bytes(of: words)
    }

    /// The parts of what `head` wrote, and what follows it.
    static func read(
        _ payload: ReceivedBody
    ) throws(MessageCodingError) -> (name: ArraySlice<UInt8>, words: [CarriedWords], body: ReceivedBody) {
        let bytes = payload.bytes
        guard bytes.count >= 2 else { throw .truncated }
        let (low, high) = (bytes[bytes.startIndex], bytes[bytes.startIndex + 1])
        let length = Int(low) | Int(high & ~mark) << 8
        let name = bytes.dropFirst(2).prefix(length)
        guard name.count == length else { throw .truncated }
        let body = payload.dropFirst(2 + length)
        if high & mark == 0 { return (name, [], body) }
        let (words, rest) = try CarriedWords.read(from: body)
        return (name, words, rest)
    }
}
