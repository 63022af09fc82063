// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport

@testable import Documents

/// A folder of a test's own, and what a test puts into it.
struct Tree {
    let root: String

    func path(_ name: String) -> String { "\(root)/\(name)" }

    /// Files that hold their own names; folders on the way are made.
    func addFiles(_ names: String...) throws {
        for name in names { try TestFile.write(name, to: path(name)) }
    }

    func addFolder(_ name: String) throws {
        try Self.check(unsafe mkdir(path(name), 0o755), name)
    }

    /// `target` is taken as it is: relative to the link, or absolute.
    func addLink(_ name: String, to target: String) throws {
        try Self.check(unsafe symlink(target, path(name)), name)
    }

    func addPipe(_ name: String) throws {
        try Self.check(unsafe mkfifo(path(name), 0o644), name)
    }

    /// A file of so many zeros that takes no room on the disk.
    func addSparseFile(_ name: String, byteCount: Int) throws {
        try TestFile.write("", to: path(name))
        try Self.check(unsafe truncate(path(name), byteCount), name)
    }

    /// An empty file whose name is no UTF-8.
    func addFileWithBrokenName() throws {
        let name = path("broken-").utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0]
        let descriptor = unsafe open(Array(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
        try Self.check(descriptor < 0 ? -1 : close(descriptor), "broken-")
    }

    /// The file that a socket leaves where it was bound; the socket itself is closed again.
    func addSocket(_ name: String) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path(name).utf8)
        precondition(bytes.count < MemoryLayout.size(ofValue: address.sun_path))
        // The path fits, as was just seen, and the rest of the address is zero.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            // Every address begins like the general one.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try Self.check(result, name)
    }

    func removeFolder(_ name: String) throws {
        try Self.check(unsafe rmdir(path(name)), name)
    }

    func setPermissions(_ permissions: mode_t, of name: String) throws {
        try Self.check(unsafe chmod(path(name), permissions), name)
    }

    /// The documents of the tree, their paths below it.
    func documents(_ options: SourceOptions = SourceOptions()) throws -> [String] {
        try SourceList(parsing: [root], options: options).documents.map {
            $0.description.hasPrefix(root + "/")
                ? String($0.description.dropFirst(root.utf8.count + 1)) : $0.description
        }
    }

    private static func check(_ result: Int32, _ name: String) throws {
        if result != 0 { throw TreeError(name: name, code: errno) }
    }
}

struct TreeError: Error {
    let name: String
    let code: Int32
}

func withTree<Result>(_ body: (Tree) async throws -> Result) async throws -> Result {
    try await withTemporaryDirectory { try await body(Tree(root: $0)) }
}

/// Permissions do not stop the superuser.
let isSuperuser = geteuid() == 0

/// The most memory this process has had so far.
func peakResidentBytes() -> Int {
    var usage = rusage()
    _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
}

/// Both ends of a new pipe; the one who asked closes them.
func makePipe() -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    precondition(unsafe pipe(&ends) == 0)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
}
