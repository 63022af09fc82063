// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The lines of a file or of standard input, one at a time: there may be many, and only one piece of them is held.
///
/// It decides nothing about what is in a line: for lists of sources use ``SourceList``. Reading waits for the disk or the
/// writer, and is meant for one thread at a time.
public struct TextLines: ~Copyable {
    /// Where lines come from.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        case file(String)
        /// This process's own, which stays open.
        case standardInput

        /// What `-` means to most programs, or else a path.
        public init(_ argument: String) { self = argument == "-" ? .standardInput : .file(argument) }

        /// The path, or `standard input`.
        public var description: String {
            switch self {
            case .file(let path): path
            case .standardInput: "standard input"
            }
        }
    }

    /// What ends a line.
    public enum Separator: Sendable, Hashable {
        /// A newline, or a carriage return and a newline; a byte order mark before the first line is dropped.
        case newline
        /// A zero byte, which no name contains: the line is all that is between two of them.
        case zeroByte

        fileprivate var byte: UInt8 { self == .newline ? UInt8(ascii: "\n") : 0 }
    }

    private let origin: Origin
    private let separator: Separator
    private let longest: Int
    private let file: ReadableFile
    private let buffer = ReadBuffer(byteCount: 64 << 10)
    private var pending: [UInt8] = []
    private var start = 0
    /// Before it there is no separator.
    private var searched = 0
    private var isAtEnd = false
    private var lineNumber = 0

    /// - Parameter longest: So many bytes a line may have; what is no text has longer ones.
    /// - Throws: ``SourceError/noSuchInput(source:problem:)`` for a file that cannot be opened.
    public init(of origin: Origin, separator: Separator = .newline, longest: Int = 64 << 10) throws(SourceError) {
        do throws(SystemFailure) {
            let file: ReadableFile =
                switch origin {
                case .file(let path): try ReadableFile(opening: path)
                case .standardInput: .standardInput
                }
            if try file.status().kind == .folder { throw SystemFailure.isFolder }
            self.file = file
        } catch {
            throw .noSuchInput(source: origin.description, problem: "it cannot be read: \(error.message)")
        }
        self.origin = origin
        self.separator = separator
        self.longest = longest
    }

    /// The next line without its end, or `nil` behind the last. What is no UTF-8 in it is replaced by U+FFFD.
    ///
    /// - Throws: ``SourceError/noSuchInput(source:problem:)`` when reading fails,
    ///   ``SourceError/malformed(source:problem:)`` for a line that is too long.
    public mutating func next() throws(SourceError) -> (text: String, number: Int)? {
        while true {
            if let end = pending[searched...].firstIndex(of: separator.byte) {
                defer { (start, searched) = (end + 1, end + 1) }
                return line(pending[start..<end])
            }
            searched = pending.count
            if isAtEnd {
                if start == pending.count { return nil }
                defer { start = pending.count }
                return line(pending[start...])
            }
            if pending.count - start > longest {
                throw .malformed(source: origin.description, problem: "line \(lineNumber + 1) is too long")
            }
            try fill()
        }
    }

    private mutating func line(_ bytes: ArraySlice<UInt8>) -> (text: String, number: Int) {
        lineNumber += 1
        var bytes = bytes
        if separator == .newline {
            if lineNumber == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        }
        return (String(decoding: bytes, as: UTF8.self), lineNumber)
    }

    private mutating func fill() throws(SourceError) {
        pending.removeFirst(start)
        searched -= start
        start = 0
        do throws(SystemFailure) {
            // The buffer is alive for the whole call and nothing else has its address.
            let count = unsafe try file.read(into: buffer.bytes)
            isAtEnd = count == 0
            // Just written by the system.
            unsafe pending.append(contentsOf: buffer.bytes[..<count])
        } catch {
            throw .noSuchInput(source: origin.description, problem: "it cannot be read: \(error.message)")
        }
    }
}
