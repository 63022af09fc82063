// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Machine {
    /// The processor's name as the system gives it, for example `AMD EPYC 7763`; the architecture where it gives none.
    package static var processorName: String {
        for line in (readSmallFile("/proc/cpuinfo") ?? "").split(separator: "\n") where line.hasPrefix("model name") {
            if let colon = line.firstIndex(of: ":") {
                return String(line[line.index(after: colon)...].drop { $0 == " " })
            }
        }
        return kernel.architecture
    }

    /// All memory of this machine, in bytes; 0 when the system does not tell.
    package static var memoryBytes: UInt64 { UInt64(AvailableMemory.machine?.total ?? 0) }

    /// The kernel's name and release, and what it runs on: `Linux 6.18.0 x86_64`.
    package static var systemName: String {
        let kernel = kernel
        return "\(kernel.name) \(kernel.release) \(kernel.architecture)"
    }

    private static var kernel: (name: String, release: String, architecture: String) {
        var names = utsname()
        // Fills in the local value, with texts that end with a zero.
        unsafe uname(&names)
        return (text(&names.sysname), text(&names.release), text(&names.machine))
    }

    private static func text<Characters>(_ characters: inout Characters) -> String {
        // A tuple of characters, which the system has ended with a zero.
        unsafe withUnsafeBytes(of: &characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
