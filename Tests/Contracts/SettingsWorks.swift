// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What a worker finds itself in, as the kernel tells it.
struct OwnState: Work {
    struct Facts: Codable, Sendable {
        var environment: [String]
        var folder: String
        var arguments: [String]
        var name: String
        var commandLine: String
        var niceness: [Int32]
        /// Soft and hard, by the name in /proc/PID/limits.
        var limits: [String: [String]]
    }

    func run() -> Facts {
        var environment: [String] = []
        // Ends with nil; nothing changes the environment meanwhile. Without any variable there may be no list at all.
        var next = unsafe environ as UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        while let place = unsafe next, let entry = unsafe place.pointee {
            environment.append(unsafe String(cString: entry))
            unsafe next = place + 1
        }
        return Facts(
            environment: environment.sorted(), folder: ProcessFile.link("/proc/self/cwd"),
            arguments: CommandLine.arguments, name: ProcessFile.text("/proc/self/comm").filter { $0 != "\n" },
            commandLine: ProcessFile.text("/proc/self/cmdline"), niceness: threadNiceness(), limits: limits())
    }

    private func threadNiceness() -> [Int32] {
        ProcessFile.names("/proc/self/task").compactMap { thread in
            let text = ProcessFile.text("/proc/self/task/\(thread)/stat")
            // Behind the name in parentheses, from the third field on.
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 16 ? Int32(fields[16]) : nil
        }
    }

    private func limits() -> [String: [String]] {
        var limits: [String: [String]] = [:]
        for line in ProcessFile.text("/proc/self/limits").split(separator: "\n").dropFirst() {
            let name = line.prefix(26).reversed().drop { $0 == " " }.reversed()
            let values = line.dropFirst(26).split(separator: " ").prefix(2).map(String.init)
            limits[String(name)] = values
        }
        return limits
    }
}

/// Files of /proc.
enum ProcessFile {
    static func text(_ path: String) -> String {
        // A path from this file's callers, which are literals.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return "" }
        defer { close(number) }
        var bytes = [UInt8](repeating: 0, count: 16 << 10)
        // Reads at most count bytes into the array.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    static func link(_ path: String) -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        // Writes at most count bytes.
        let count = unsafe readlink(path, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func names(_ path: String) -> [String] {
        // Closed below; entries are read one at a time, and their names are C strings.
        guard let folder = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

struct ShellCommand: Work {
    var text: String
    // Runs a literal.
    func run() -> Int32 { unsafe system(text) }
}

/// Uses processor time without end.
struct Spinning: Work {
    func run() {
        var number: UInt64 = 1
        while number != 0 { number = number &* 3 | 1 }
    }
}

/// Whether so many bytes of addresses can be had.
struct Reserving: Work {
    var byteCount: Int

    func run() -> Bool {
        // Mapped and given back at once, never touched.
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let place = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let place = unsafe place, unsafe place != MAP_FAILED else { return false }
        unsafe munmap(place, byteCount)
        return true
    }
}

/// What workers are to share.
enum LargeTable: ForkServerPreload {
    static let count = 1 << 20
    // Set by the one thread that there is, before any work.
    nonisolated(unsafe) static var values: [UInt64] = []
    nonisolated(unsafe) static var order = 0

    static func preload() {
        unsafe values = (0..<UInt64(count)).map { $0 }
        unsafe order += 1
    }
}

enum SecondTable: ForkServerPreload {
    // As above.
    nonisolated(unsafe) static var order = 0

    static func preload() { unsafe order = LargeTable.order + 1 }
}

struct TableError: Error, Codable, Equatable { var text: String }

enum FailingTable: ForkServerPreload {
    static func preload() throws { throw TableError(text: "no table") }
}

struct AskingTables: Work {
    // Written before any work only.
    func run() -> [Int] { unsafe [LargeTable.values.count, LargeTable.order, SecondTable.order] }
}
