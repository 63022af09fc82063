// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel tells about processes.
enum ProcessFacts {
    /// The bytes of a file in /proc; empty when it is not there (any more).
    static func bytes(_ path: String) -> [UInt8] {
        // A C string that lives for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var all: [UInt8] = []
        while true {
            let part = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
                // Reads at most what the buffer holds.
                count = max(0, unsafe read(descriptor, buffer.baseAddress, buffer.count))
            }
            if part.isEmpty { return all }
            all += part
        }
    }

    static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

    static func line(_ path: String) -> String { String(text(path).prefix { $0 != "\n" }) }

    /// The names in a folder, and the descriptor it was read through.
    static func names(in folder: String) -> (names: [String], descriptor: Int32) {
        // A stream of our own, closed below.
        guard let directory = unsafe opendir(folder) else { return ([], -1) }
        defer { unsafe closedir(directory) }
        let descriptor = unsafe dirfd(directory)
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // Read through a pointer to its first byte: it is longer than the imported tuple says.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let start = unsafe UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let name = unsafe String(cString: start)
            if name != "." && name != ".." { names.append(name) }
        }
        return (names, descriptor)
    }

    static func link(_ path: String) -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            let length = unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                // Writes at most what the buffer holds.
                unsafe characters.baseAddress.map { unsafe readlink(path, $0, characters.count) } ?? 0
            }
            count = max(0, length)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One line about a process: number, name, state.
    static func state(of process: Int32) -> String {
        let status = text("/proc/\(process)/status").split(separator: "\n")
        let facts = status.filter { line in ["Name:", "State:", "PPid:"].contains { line.hasPrefix($0) } }
        let words = facts.map { $0.filter { $0 != "\t" } }.joined(separator: ", ")
        return "\(process): \(words.isEmpty ? "gone" : words)"
    }

    /// A process and, for each of its threads, where in the kernel it is.
    static func threads(of process: Int32) -> String {
        let folder = "/proc/\(process)/task"
        let threads = names(in: folder).names.sorted().map { thread -> String in
            let own = "\(folder)/\(thread)"
            let stack = text("\(own)/stack").split(separator: "\n").prefix(8).map { "        \($0)" }
            let place = "    \(thread) \(line("\(own)/comm")): \(line("\(own)/wchan")), call \(line("\(own)/syscall"))"
            return ([place] + stack).joined(separator: "\n")
        }
        return (["  " + state(of: process)] + threads).joined(separator: "\n")
    }
}
