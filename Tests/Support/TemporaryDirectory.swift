// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs `body` with a fresh, empty folder, which is removed afterwards with all that is in it.
public func withTemporaryDirectory<Result>(
    in parent: String? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (_ path: String) async throws -> Result
) async throws -> Result {
    let directory = try TemporaryDirectory(in: parent)
    defer { directory.remove() }
    return try await body(directory.path)
}

/// Runs `body` with a fresh, empty folder, which is removed afterwards with all that is in it.
public func withTemporaryDirectory<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    return try body(directory.path)
}

/// A folder of a test's own; the scoped function above is what tests call.
struct TemporaryDirectory {
    let path: String

    init(in parent: String? = nil) throws(TestFileError) {
        let parent = parent ?? environmentValue("TMPDIR") ?? "/tmp"
        var template = Array((parent + "/swift-multiprocessing-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw TestFileError(attempt: "make a folder in", path: parent, code: errno)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Removes a file or a folder with its contents; links are removed and never followed.
    private static func remove(_ path: String) {
        // Succeeds with files, links and empty folders.
        if unsafe Glibc.remove(path) == 0 { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
        for name in TestFile.names(in: path) { remove(path + "/" + name) }
        _ = unsafe rmdir(path)
    }

    func remove() {
        Self.remove(path)
    }
}
