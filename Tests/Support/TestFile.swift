// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Small files for tests: whole, at once, without Foundation.
public enum TestFile {
    /// The bytes of a file, also of one in `/proc`, whose size the kernel does not tell.
    public static func read(_ path: String) throws(TestFileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TestFileError(attempt: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
                unsafe count = max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
            }
            if chunk.isEmpty { return bytes }
            bytes += chunk
        }
    }

    /// The text of a file; broken UTF-8 is repaired.
    public static func text(_ path: String) throws(TestFileError) -> String {
        try String(decoding: read(path), as: UTF8.self)
    }

    /// Writes a file, replacing what was there; folders on the way are made.
    public static func write(_ bytes: some Sequence<UInt8>, to path: String) throws(TestFileError) {
        makeFolders(above: path)
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TestFileError(attempt: "create", path: path, code: errno) }
        defer { close(descriptor) }
        var rest = [UInt8](bytes)[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw TestFileError(attempt: "write", path: path, code: errno) }
            rest = rest.dropFirst(written)
        }
    }

    /// Writes text as UTF-8.
    public static func write(_ text: String, to path: String) throws(TestFileError) {
        try write(text.utf8, to: path)
    }

    /// The names in a folder, sorted, without `.` and `..`; empty when it cannot be read.
    public static func names(in folder: String) -> [String] {
        var names: [String] = []
        withDirectory(folder) { name, _ in names.append(name) }
        return names.sorted()
    }

    /// Calls `body` with each name and the descriptor through which the folder is read.
    static func withDirectory(_ folder: String, _ body: (_ name: String, _ descriptor: Int32) -> Void) {
        guard let directory = unsafe opendir(folder) else { return }
        defer { unsafe closedir(directory) }
        let descriptor = unsafe dirfd(directory)
        while let entry = unsafe readdir(directory) {
            // The name is read through a pointer to its first byte: it is longer than the imported tuple says.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let start = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let name = unsafe String(cString: start)
            if name != "." && name != ".." { body(name, descriptor) }
        }
    }

    private static func makeFolders(above path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        for end in parts.indices.dropFirst() {
            unsafe mkdir(parts[...end].joined(separator: "/"), 0o755)
        }
    }
}

/// What the system said about a test's file.
public struct TestFileError: Error, CustomStringConvertible {
    public let attempt: String
    public let path: String
    public let code: Int32

    public var description: String { unsafe "cannot \(attempt) \(path): \(String(cString: strerror(code)))" }
}
