// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The words of one carrier beside one piece of work.
struct CarriedWords: Sendable, Equatable {
    /// The carrier's type, as the worker looks it up.
    var carrier: String
    var words: [String: String]

    /// Runs an operation in the surroundings that all the words tell of, the first carrier's outermost.
    static func restore<Result: Sendable>(
        _ carried: ArraySlice<CarriedWords>, for work: any Work.Type, around operation: @Sendable () async -> Result
    ) async -> Result {
        guard let first = carried.first else { return await operation() }
        let rest = carried.dropFirst()
        guard let carrier = knownCarriers.type(named: first.carrier) else {
            return await restore(rest, for: work, around: operation)
        }
        return await carrier.restore(first.words, for: work) { await restore(rest, for: work, around: operation) }
    }

    // MARK: Bytes

    // By hand, since it is done for each piece of work: the coder took four times as long. A text is its length (4) and
    // its UTF-8; an entry its carrier, the number of its words (4) and these; all of it has its length (4) before it.

    /// As bytes; nothing at all when there are none.
    static func bytes(of carried: [CarriedWords]) -> [UInt8] {
        if carried.isEmpty { return [] }
        var bytes: [UInt8] = [0, 0, 0, 0]
        bytes.reserveCapacity(256)
        for entry in carried {
            append(entry.carrier, to: &bytes)
            append(entry.words.count, to: &bytes)
            for (key, value) in entry.words {
                append(key, to: &bytes)
                append(value, to: &bytes)
            }
        }
        let count = bytes.count - 4
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: count >> (8 * index)) }
        return bytes
    }

    /// Reads what `bytes(of:)` wrote, and answers what follows it.
    static func read(from body: ReceivedBody) throws(MessageCodingError) -> ([CarriedWords], rest: ReceivedBody) {
        var bytes = body.bytes
        let count = try takeCount(&bytes)
        guard bytes.count >= count else { throw .truncated }
        var coded = bytes.prefix(count)
        var carried: [CarriedWords] = []
        while !coded.isEmpty {
            let carrier = try takeText(&coded)
            var words: [String: String] = [:]
            for _ in 0..<(try takeCount(&coded)) {
                let key = try takeText(&coded)
                words[key] = try takeText(&coded)
            }
            carried.append(CarriedWords(carrier: carrier, words: words))
        }
        return (carried, body.dropFirst(4 + count))
    }

    private static func append(_ count: Int, to bytes: inout [UInt8]) {
        let count = UInt32(truncatingIfNeeded: count)
        for index in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: count >> UInt32(8 * index))) }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(text.utf8.count, to: &bytes)
        bytes += text.utf8
    }

    private static func takeCount(_ bytes: inout ArraySlice<UInt8>) throws(MessageCodingError) -> Int {
        guard bytes.count >= 4 else { throw .truncated }
        defer { bytes = bytes.dropFirst(4) }
        return Int(LittleEndian.word(bytes, bytes.startIndex))
    }

    private static func takeText(_ bytes: inout ArraySlice<UInt8>) throws(MessageCodingError) -> String {
        let count = try takeCount(&bytes)
        guard bytes.count >= count else { throw .truncated }
        defer { bytes = bytes.dropFirst(count) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

private let knownCarriers = KnownCarriers()

/// The carriers that have been looked up: the search takes longer than many a work.
private final class KnownCarriers: Sendable {
    /// Not a `Mutex`: it is used on threads that may be copied.
    private let types = Monitor<[String: any WorkCarrier.Type]>([:])

    func type(named name: String) -> (any WorkCarrier.Type)? {
        if let known = types.update({ $0[name] }) { return known }
        guard let found = _typeByName(name) as? any WorkCarrier.Type else { return nil }
        types.update { $0[name] = found }
        return found
    }
}
