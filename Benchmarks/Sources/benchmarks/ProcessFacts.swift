// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What processes cost, as the kernel counts it.
enum ProcessFacts {
    /// The processor time of all threads of a process that live, in nanoseconds.
    static func processorTime(of process: Int32) -> Double {
        let folder = "/proc/\(process)/task"
        let lines = Shell.word("cat \(folder)/*/schedstat | awk '{ total += $1 } END { print total }'", else: "")
        return Double(lines) ?? .nan
    }

    /// What a process holds in memory, in bytes: shared pages by the share that it has in them, and its own alone.
    static func memory(of process: Int32) throws -> (proportional: Double, own: Double) {
        let text = try Shell.output(ofScript: "cat /proc/\(process)/smaps_rollup")
        var fields: [Substring: Double] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 3, words[2] == "kB", let count = Double(words[1]) else { continue }
            fields[words[0]] = count * 1_024
        }
        guard let proportional = fields["Pss:"], let clean = fields["Private_Clean:"],
            let dirty = fields["Private_Dirty:"]
        else { throw BenchmarkFailure("no figures of memory for process \(process)") }
        return (proportional, clean + dirty)
    }

    /// This process's processor time in nanoseconds, and its greatest resident memory in bytes.
    static var own: (time: Double, peak: Double) {
        var usage = rusage()
        // Fills in the local value.
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        let time = times.reduce(0) { $0 + Double($1.tv_sec) * 1e9 + Double($1.tv_usec) * 1e3 }
        return (time, peak)
    }

    /// Not from rusage, where it goes back to before this program was loaded.
    private static var peak: Double {
        guard let file = unsafe fopen("/proc/self/status", "r") else { return .nan }
        defer { unsafe fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        // Reads a line at a time into the array, with a zero at its end.
        while unsafe fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            guard text.hasPrefix("VmHWM:") else { continue }
            return Double(text.filter(\.isNumber)).map { $0 * 1_024 } ?? .nan
        }
        return .nan
    }

    /// To what this user may have: a fork server that is started afterwards inherits it.
    static func raiseDescriptorLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        // Both calls work on the local value.
        unsafe getrlimit(resource, &limit)
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(resource, &limit)
    }
}
