// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Cuts a stream into lines at `\n`, `\r\n` and the lone `\r` with which progress is painted over.
struct LineSplitter: Sendable {
    private(set) var lines: [String] = []
    private(set) var isFinished = false
    private var partial: [UInt8] = []
    private var endedWithReturn = false

    private static let newline = UInt8(ascii: "\n")
    private static let `return` = UInt8(ascii: "\r")

    mutating func append(_ bytes: [UInt8]) {
        var rest = bytes[...]
        // The second half of a line's end, which may come with the next chunk.
        if endedWithReturn && rest.first == Self.newline { rest = rest.dropFirst() }
        if !bytes.isEmpty { endedWithReturn = false }
        while let end = Self.lineEnd(in: rest) {
            lines.append(String(decoding: partial + rest[..<end], as: UTF8.self))
            partial = []
            let isReturn = rest[end] == Self.return
            rest = rest[(end + 1)...]
            if isReturn && rest.isEmpty { endedWithReturn = true }
            if isReturn && rest.first == Self.newline { rest = rest.dropFirst() }
        }
        partial += rest
    }

    mutating func finish() {
        if !partial.isEmpty { append([Self.newline]) }
        isFinished = true
    }

    /// With `memchr`, because megabytes pass through here in debug builds.
    private static func lineEnd(in bytes: ArraySlice<UInt8>) -> Int? {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let newline = unsafe memchr(start, Int32(Self.newline), buffer.count)
            let length = unsafe newline.map { unsafe $0 - UnsafeMutableRawPointer(mutating: start) } ?? buffer.count
            // Looked for only before the newline: a text without returns would else be searched once a line.
            let found = unsafe memchr(start, Int32(Self.return), length) ?? newline
            return unsafe found.map { unsafe bytes.startIndex + ($0 - UnsafeMutableRawPointer(mutating: start)) }
        }
    }
}
