// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The line that a crashing worker writes to its standard error; crash.c describes its form. Pure.
struct CrashRecord: Equatable {
    struct Place: Hashable, Sendable {
        var address: UInt64
        /// The file's name, empty for the program itself, and where in it; nil when no file is there.
        var image: String?
        var offset: UInt64
    }

    var processIdentifier: Int32
    var signal: Int32
    var places: [Place]

    private static let mark: UInt8 = 0x1e
    private static let nameMark: UInt8 = 0x1f
    private static let word = Array("mp-crash1 ".utf8)

    /// Takes the records out of a block of lines. A record may stand behind a line that has no end.
    static func separate(_ block: [UInt8]) -> (text: [UInt8], records: [CrashRecord]) {
        guard ByteSearch.first(mark, in: block[...]) != nil else { return (block, []) }
        var (text, records): ([UInt8], [CrashRecord]) = ([], [])
        var rest = block[...]
        while let start = ByteSearch.first(mark, in: rest) {
            let line = rest[(start + 1)...]
            text += rest[..<start]
            let end = ByteSearch.first(UInt8(ascii: "\n"), in: line)
            if let end, let record = CrashRecord(line[..<end]) {
                records.append(record)
                // The line before it has its end now.
                if let last = text.last, last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
                rest = line[(end + 1)...]
            } else {
                // Somebody else's use of the byte.
                text.append(mark)
                rest = line
            }
        }
        return (text + rest, records)
    }

    /// Reads a record without its first mark and its end; nil when it is none.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.starts(with: Self.word) else { return nil }
        let parts = line.dropFirst(Self.word.count).split(separator: Self.nameMark, omittingEmptySubsequences: false)
        let names = parts.dropFirst().map { String(decoding: $0, as: UTF8.self) }
        let words = String(decoding: parts.first ?? [], as: UTF8.self).split(separator: " ")
        guard words.count >= 2, let process = Int32(words[0]), let signal = Int32(words[1]) else { return nil }
        processIdentifier = process
        self.signal = signal
        places = []
        for word in words.dropFirst(2) {
            guard let place = Self.place(word, names) else { return nil }
            places.append(place)
        }
    }

    private static func place(_ word: Substring, _ names: [String]) -> Place? {
        let fields = word.split(separator: ":")
        guard let address = fields.first.flatMap({ UInt64($0, radix: 16) }) else { return nil }
        if fields.count == 1 { return Place(address: address, image: nil, offset: 0) }
        guard fields.count == 3, let offset = UInt64(fields[1], radix: 16), let index = Int(fields[2]),
            names.indices.contains(index)
        else { return nil }
        return Place(address: address, image: names[index], offset: offset)
    }
}
