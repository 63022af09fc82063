// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// A file that a result is written to, whole or not at all.
///
/// What is there stays until the new content is complete: that is written to a temporary file in the same folder, which
/// is then renamed. A file that is replaced keeps its permissions, not its owner, and other hard links keep the old
/// content. Anything but a regular file (a device, a pipe, a symbolic link) cannot be replaced so and is
/// written directly.
package struct OutputFile: Sendable {
    private let path: String

    package init(_ path: String) { self.path = path }

    /// Finds out before a long job whether the file could be written; writes nothing.
    package func check() throws(SystemError) {
        let status = try status()
        switch status.map(Self.kind) {
        case S_IFDIR: throw SystemError("write \(path)", code: EISDIR)
        // Replacing and creating both need the folder.
        case S_IFREG, nil: try Self.checkAccess(to: folder, "write \(path)")
        default: try Self.checkAccess(to: path, "write \(path)")
        }
    }

    /// Writes all of it.
    package func write(_ bytes: [UInt8]) throws(SystemError) {
        let status = try status()
        guard status == nil || status.map(Self.kind) == S_IFREG else {
            return try Self.write(bytes, to: path, O_WRONLY | O_CREAT | O_TRUNC, "write \(path)")
        }
        let temporary = "\(folder)/.\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        do throws(SystemError) {
            try Self.write(
                bytes, to: temporary, O_WRONLY | O_CREAT | O_EXCL, "write \(path)", permissions: status?.st_mode)
            // Two C strings for the time of the call.
            _ = try SystemCall.value("write \(path)") { unsafe rename(temporary, path) }
        } catch {
            // Whatever failed, nothing is left behind; the failure is what counts.
            unsafe unlink(temporary)
            throw error
        }
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/." : String(path[..<slash])
    }

    /// What is there, not following a link; nil when nothing is.
    private func status() throws(SystemError) -> stat? {
        var status = stat()
        // Fills in the local value.
        if unsafe lstat(path, &status) == 0 { return status }
        if errno == ENOENT { return nil }
        throw SystemError("write \(path)", code: errno)
    }

    private static func kind(_ status: stat) -> mode_t { status.st_mode & S_IFMT }

    private static func checkAccess(to path: String, _ operation: String) throws(SystemError) {
        // A C string for the time of the call.
        _ = try SystemCall.value(operation) { unsafe access(path, W_OK) }
    }

    private static func write(
        _ bytes: [UInt8], to path: String, _ flags: Int32, _ operation: String, permissions: mode_t? = nil
    ) throws(SystemError) {
        // A C string for the time of the call.
        let file = Descriptor(owning: try SystemCall.checked(operation, unsafe mp_open(path, flags, 0o666)))
        if let permissions { fchmod(file.number, permissions & 0o7777) }
        do throws(SystemError) {
            // Read only, within the closure.
            try unsafe bytes.withUnsafeBufferPointer { buffer throws(SystemError) in
                try unsafe Transfer.writeAll(file.number, UnsafeRawBufferPointer(buffer))
            }
        } catch {
            throw error.whenAsked(to: operation)
        }
        // A full disk may be noticed only here. What is no file on a disk cannot be synchronized, which is no failure.
        if fsync(file.number) != 0, errno != EINVAL, errno != EROFS, errno != ENOTSUP {
            throw SystemError(operation, code: errno)
        }
    }
}
