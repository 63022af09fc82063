// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a folder holds.
enum FolderNames {
    /// All names but `.` and `..`, in no order.
    static func of(_ folder: String, _ operation: String) throws(SystemError) -> [String] {
        // A C string for the time of the call; closed on every way out, and not used afterwards.
        guard let directory = unsafe opendir(folder) else { throw SystemError(operation, code: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        // Null at the end; an entry is valid until the next call.
        while let entry = unsafe readdir(directory) {
            // readdir ends the name with a zero, within the record.
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
