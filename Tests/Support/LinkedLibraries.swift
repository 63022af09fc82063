// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Reads from an ELF file which shared libraries it needs, without any tool.
public enum LinkedLibraries {
    /// The file names of the needed libraries, in the linker's order; empty for a static executable.
    ///
    /// Only 64-bit little-endian files, which is all that the package is built for.
    public static func needed(by path: String) throws -> [String] {
        try ElfFile(TestFile.read(path), path: path).neededLibraries()
    }
}

/// The file is not an executable that can be read here.
public struct NotAnElfFile: Error, CustomStringConvertible {
    public let path: String
    public let reason: String

    public var description: String { "cannot read the libraries of \(path): \(reason)" }
}

/// The few parts of the ELF format that lead to the needed libraries.
struct ElfFile {
    private struct Segment {
        var kind: UInt64
        var offset: UInt64
        var address: UInt64
        var size: UInt64
    }

    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) throws(NotAnElfFile) {
        // Magic number, 64 bits, little-endian.
        guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else {
            throw NotAnElfFile(path: path, reason: "not a 64-bit little-endian ELF file")
        }
        self.bytes = bytes
        self.path = path
    }

    func neededLibraries() throws(NotAnElfFile) -> [String] {
        let segments = try segments()
        guard let dynamic = segments.first(where: { $0.kind == 2 }) else { return [] }  // PT_DYNAMIC
        var names: [UInt64] = []
        var table: UInt64?
        for entry in 0..<dynamic.size / 16 {
            let tag = try number(at: dynamic.offset + entry * 16, width: 8)
            let value = try number(at: dynamic.offset + entry * 16 + 8, width: 8)
            if tag == 0 { break }  // DT_NULL
            if tag == 1 { names.append(value) }  // DT_NEEDED
            if tag == 5 { table = value }  // DT_STRTAB, an address in memory
        }
        let home = segments.first { $0.kind == 1 && $0.address <= table ?? 0 && table ?? 0 < $0.address + $0.size }
        guard let table, let home else { throw NotAnElfFile(path: path, reason: "no table of names") }
        let start = table - home.address + home.offset
        return try names.map { name throws(NotAnElfFile) in try string(at: start + name) }
    }

    private func segments() throws(NotAnElfFile) -> [Segment] {
        let start = try number(at: 32, width: 8)
        let size = try number(at: 54, width: 2)
        var segments: [Segment] = []
        for index in 0..<(try number(at: 56, width: 2)) {
            let header = start + index * size
            segments.append(
                Segment(
                    kind: try number(at: header, width: 4), offset: try number(at: header + 8, width: 8),
                    address: try number(at: header + 16, width: 8), size: try number(at: header + 32, width: 8)))
        }
        return segments
    }

    private func number(at offset: UInt64, width: UInt64) throws(NotAnElfFile) -> UInt64 {
        guard offset < UInt64(bytes.count), width <= UInt64(bytes.count) - offset else {
            throw NotAnElfFile(path: path, reason: "it is cut short")
        }
        return (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(bytes[Int(offset + $1)]) }
    }

    private func string(at offset: UInt64) throws(NotAnElfFile) -> String {
        guard offset < UInt64(bytes.count) else { throw NotAnElfFile(path: path, reason: "it is cut short") }
        return String(decoding: bytes[Int(offset)...].prefix { $0 != 0 }, as: UTF8.self)
    }
}
