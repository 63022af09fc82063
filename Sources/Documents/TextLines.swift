// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The lines of a list file, one at a time: a list may be long, and only one piece of it is held.
struct TextLines: ~Copyable {
    /// Longer lines are no sources; a binary file given by mistake has them.
    private static let longestLine = 64 << 10

    private let path: String
    private let file: ReadableFile
    private let buffer = ReadBuffer(byteCount: longestLine)
    private var pending: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var lineNumber = 0

    init(ofFile path: String) throws(SourceError) {
        do throws(SystemFailure) {
            let file = try ReadableFile(opening: path)
            if try file.status().kind == .folder { throw SystemFailure.isFolder }
            self.file = file
        } catch {
            throw .noSuchInput(source: "@\(path)", problem: "the list cannot be read: \(error.message)")
        }
        self.path = path
    }

    /// The next line without its end, or `nil` behind the last. A byte order mark and carriage returns are dropped.
    mutating func next() throws(SourceError) -> (text: String, number: Int)? {
        while true {
            if let newline = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = newline + 1 }
                return line(pending[start..<newline])
            }
            if isAtEnd {
                if start == pending.count { return nil }
                defer { start = pending.count }
                return line(pending[start...])
            }
            if pending.count - start > Self.longestLine {
                throw .malformed(source: "@\(path)", problem: "line \(lineNumber + 1) is too long; is it a list?")
            }
            try fill()
        }
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) -> (text: String, number: Int) {
        lineNumber += 1
        var bytes = bytes
        if lineNumber == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return (String(decoding: bytes, as: UTF8.self), lineNumber)
    }

    private mutating func fill() throws(SourceError) {
        pending.removeFirst(start)
        start = 0
        do throws(SystemFailure) {
            // The buffer is alive for the whole call and nothing else has its address.
            let count = unsafe try file.read(into: buffer.bytes)
            isAtEnd = count == 0
            // Just written by the system.
            unsafe pending.append(contentsOf: buffer.bytes[..<count])
        } catch {
            throw .noSuchInput(source: "@\(path)", problem: "the list cannot be read: \(error.message)")
        }
    }
}
