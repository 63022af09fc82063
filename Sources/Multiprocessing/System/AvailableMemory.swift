// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How much memory this process may still take before the kernel begins to kill processes.
enum AvailableMemory {
    /// Refuses to take so much that less than a thirty-second part of the whole would be left.
    ///
    /// Others may take memory at the same moment; this keeps honest requests that cannot be met from ending
    /// the innocent, no more.
    static func check(_ byteCount: Int, for operation: @autoclosure () -> String) throws(SystemError) {
        let limits = [machine] + groups()
        for limit in limits.compactMap(\.self) where byteCount > limit.available - limit.total / 32 {
            throw SystemError(operation(), code: ENOMEM)
        }
    }

    struct Limit: Equatable {
        var total: Int
        var available: Int
    }

    /// The machine's own: what is free or can be made so, and the room to swap to.
    static var machine: Limit? { Machine.readSmallFile("/proc/meminfo").flatMap(machine(_:)) }

    static func machine(_ text: String) -> Limit? {
        guard let total = number("MemTotal:", in: text), let available = number("MemAvailable:", in: text) else {
            return nil
        }
        return Limit(total: total << 10, available: (available + (number("SwapFree:", in: text) ?? 0)) << 10)
    }

    /// Those of the control groups above this process: version 2, or version 1.
    private static func groups() -> [Limit?] {
        var limits: [Limit?] = []
        for line in (Machine.readSmallFile("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isSecond = fields[1].isEmpty
            guard isSecond || fields[1].split(separator: ",").contains("memory") else { continue }
            var path = fields[2]
            while true {
                limits.append(group("/sys/fs/cgroup\(isSecond ? "" : "/memory")\(path)", isSecond: isSecond))
                guard let slash = path.lastIndex(of: "/"), path.count > 1 else { break }
                path = path[..<slash]
            }
        }
        return limits
    }

    private static func group(_ folder: String, isSecond: Bool) -> Limit? {
        let (limit, usage) = isSecond ? ("max", "current") : ("limit_in_bytes", "usage_in_bytes")
        func number(_ name: String) -> Int? {
            // "max" is no number, and no limit.
            Machine.readSmallFile("\(folder)/memory.\(name)").flatMap { Int($0.prefix { !$0.isNewline }) }
        }
        guard let total = number(limit), let used = number(usage) else { return nil }
        // Files that were only read count as used, but give way.
        let text = Machine.readSmallFile("\(folder)/memory.stat") ?? ""
        let files = ["inactive_file ", "active_file "].reduce(0) { $0 + (Self.number($1, in: text) ?? 0) }
        return Limit(total: total, available: total - used + files)
    }

    /// The number in the line that begins with a word.
    static func number(_ word: String, in text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(word) {
            return Int(line.dropFirst(word.count).drop { $0 == " " }.prefix { $0.isNumber })
        }
        return nil
    }
}
