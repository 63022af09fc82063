// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Puts lines together from the bytes of a stream, however they are cut. Pure; holds at most one unfinished line.
struct LineAssembler {
    /// What is longer is cut.
    static let longest = 64 << 10

    private static let lineFeed = UInt8(ascii: "\n")
    private var rest: [UInt8] = []

    /// Takes bytes in and hands on what is whole: a block of lines, each with its end, and pieces of a line that is too
    /// long, each a block for itself.
    mutating func append(_ bytes: [UInt8]) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var new = bytes[...]
        if let end = ByteSearch.last(Self.lineFeed, in: new) {
            let lines = rest + new[...end]
            new = new[(end + 1)...]
            rest = []
            blocks = lines.count > Self.longest ? Self.separate(lines) : [lines]
        }
        rest += new
        while rest.count > Self.longest {
            let piece = Self.piece(of: rest[...])
            blocks.append(Array(piece))
            rest.removeFirst(piece.count)
        }
        return blocks
    }

    /// The last line, which has no end, if there is one.
    mutating func finish() -> [UInt8]? {
        defer { rest = [] }
        return rest.isEmpty ? nil : rest
    }

    /// The lines of a block, without their ends.
    static func lines(in block: [UInt8]) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = block[...]
        while let end = ByteSearch.first(lineFeed, in: rest) {
            let line = rest[..<end]
            lines.append(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { lines.append(rest) }
        return lines
    }

    /// Lines of which one may be too long, each by itself or in pieces.
    private static func separate(_ lines: [UInt8]) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var rest = lines[...]
        while let end = ByteSearch.first(lineFeed, in: rest) {
            var line = rest[...end]
            // Its end does not count.
            while line.count > longest + 1 {
                let piece = piece(of: line)
                blocks.append(Array(piece))
                line = line[piece.endIndex...]
            }
            blocks.append(Array(line))
            rest = rest[(end + 1)...]
        }
        return blocks
    }

    /// As much as may be in one, not ending within a character of UTF-8.
    private static func piece(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isContinuation = { (byte: UInt8) in byte & 0xc0 == 0x80 }
        var end = bytes.startIndex + longest
        // A character has at most three such bytes; more of them are none, and cut anywhere.
        for _ in 0..<3 where isContinuation(bytes[end]) { end -= 1 }
        return isContinuation(bytes[end]) ? bytes.prefix(longest) : bytes[..<end]
    }
}
