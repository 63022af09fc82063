// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// The instruction sets that the system lets programs use, by its own names.
enum ProcessorFlags {
    static func ofThisMachine() throws -> Set<String> {
        let lines = try TestFile.text("/proc/cpuinfo").split(separator: "\n")
        let flags = lines.first { $0.hasPrefix("flags") } ?? ""
        return Set(flags.split(separator: " ").map(String.init))
    }
}
