// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files that appear, as signs between processes.
enum Signs {
    static func isThere(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0  // a path of the test's own
    }

    static func put(_ path: String) {
        let file = unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)  // a path of the test's own
        close(file)
    }

    /// Waits until a sign has appeared, without holding the thread.
    static func seen(_ path: String) async {
        while !isThere(path) { await Task.yield() }
    }

    /// A folder for the time of `body`, for signs only.
    static func withFolder(_ body: (String) async throws -> Void) async throws {
        var template = Array("/tmp/multiprocessing-signs.XXXXXX".utf8CString)
        // mkdtemp changes the template in place.
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe mkdtemp(base) != nil
        }
        guard made else { throw Violation("no temporary folder") }
        let folder = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { remove(folder) }
        try await body(folder)
    }

    private static func remove(_ folder: String) {
        guard let directory = unsafe opendir(folder) else { return }
        // readdir's entry is valid until the next call.
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { unsafe unlink("\(folder)/\(name)") }
        }
        unsafe closedir(directory)
        unsafe rmdir(folder)
    }
}
