// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CMultiprocessing
import Glibc

/// What this machine offers, as a value: tests and callers may replace it.
public struct Machine: Sendable, Hashable {
    /// Processors that this process may use at once: the least of its affinity, its control group's quota (rounded up)
    /// and the processors that are on.
    public var usableProcessors: Int

    /// Whether a fork server can be had: the kernel hands out handles on processes (pidfd, Linux 5.3) and closes ranges
    /// of descriptors (Linux 5.9), and no filter of system calls forbids it.
    public var canServeForks: Bool

    /// States a machine's facts.
    public init(usableProcessors: Int, canServeForks: Bool = true) {
        self.usableProcessors = usableProcessors
        self.canServeForks = canServeForks
    }

    /// This machine, read anew at each call: quotas and affinities change.
    public static var current: Machine {
        let limits = [affinity, online, quota].compactMap(\.self)
        return Machine(usableProcessors: max(1, limits.min() ?? 1), canServeForks: servesForks)
    }

    /// Tried once with what changes nothing: a kernel does not change.
    private static let servesForks: Bool = {
        let number = mp_pidfd_open(getpid())
        guard number >= 0 else { return false }
        close(number)
        return mp_can_close_ranges() != 0
    }()

    private static var online: Int? {
        let count = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return count > 0 ? count : nil
    }

    private static var affinity: Int? {
        let count = mp_affinity_count()
        return count > 0 ? Int(count) : nil
    }

    /// The quota of the tightest group above this process: `cpu.max` of version 2, `cfs_quota_us` of version 1.
    private static var quota: Int? {
        var tightest: Int?
        for line in (readSmallFile("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            for value in quotas(controllers: fields[1], path: String(fields[2])) {
                tightest = min(tightest ?? value, value)
            }
        }
        return tightest
    }

    private static func quotas(controllers: Substring, path: String) -> [Int] {
        var found: [Int] = []
        var path = path
        while true {
            if controllers.isEmpty {
                let words = readSmallFile("/sys/fs/cgroup\(path)/cpu.max")?.split(whereSeparator: \.isWhitespace) ?? []
                if words.count == 2 { found += processors(quota: words[0], period: words[1]) }
            } else if controllers.split(separator: ",").contains("cpu") {
                let folder = "/sys/fs/cgroup/cpu\(path)"
                if let quota = readSmallFile("\(folder)/cpu.cfs_quota_us"),
                    let period = readSmallFile("\(folder)/cpu.cfs_period_us")
                {
                    found += processors(quota: quota.prefix { !$0.isNewline }, period: period.prefix { !$0.isNewline })
                }
            }
            guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return found }
            path = String(path[..<slash])
        }
    }

    private static func processors(quota: Substring, period: Substring) -> [Int] {
        guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0 else { return [] }
        return [Int((quota / period).rounded(.up))]
    }

    /// The text of a file of the kernel's; nil when it is not there.
    static func readSmallFile(_ path: String) -> String? {
        // A path from this file's own text.
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = Descriptor(owning: number)
        var bytes = [UInt8](repeating: 0, count: 4096)
        // Reads at most count bytes into the array.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(file.number, $0.baseAddress, $0.count) }
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
