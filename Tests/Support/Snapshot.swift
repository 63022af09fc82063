// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What this process owns at one moment, as far as a test could leave it behind.
struct Snapshot: Sendable {
    var processes: [pid_t: String] = [:]
    var descriptors: Set<String> = []
    var threads: [String: String] = [:]
    var sharedMemory: Set<String> = []

    static func now() -> Snapshot {
        var snapshot = Snapshot()
        snapshot.processes = ownProcesses()
        snapshot.descriptors = openDescriptors()
        snapshot.threads = ownThreads()
        snapshot.sharedMemory = Set(TestFile.names(in: "/dev/shm"))
        return snapshot
    }

    /// One line for each thing that is here and was not there before.
    func leftovers(since before: Snapshot) -> [String] {
        let processes = processes.filter { before.processes[$0.key] == nil }.values.sorted()
        let descriptors = descriptors.subtracting(before.descriptors).sorted()
        let threads = threads.filter { before.threads[$0.key] == nil }.values.sorted()
        let files = sharedMemory.subtracting(before.sharedMemory).sorted()
        return processes + descriptors.map { "descriptor \($0)" } + threads.map { "thread \($0)" }
            + files.map { "shared memory /dev/shm/\($0)" }
    }

    /// Descendants, and those whose parent ended before them: the kernel then gives them another parent.
    private static func ownProcesses() -> [pid_t: String] {
        let executable = resolved("/proc/self/exe")
        let sessions = Sessions.started
        let orphans = ProcessTable.all().filter { entry in
            // Only its new parent can take an orphaned zombie away.
            guard !entry.isZombie, entry.processIdentifier != getpid() else { return false }
            if sessions.contains(entry.session) { return true }
            guard entry.parent == 1 else { return false }
            return executable != nil && resolved("/proc/\(entry.processIdentifier)/exe") == executable
        }
        return (ProcessTable.descendants(of: getpid()) + orphans)
            .reduce(into: [:]) { $0[$1.processIdentifier] = $1.description }
    }

    private static func openDescriptors() -> Set<String> {
        var found: Set<String> = []
        TestFile.withDirectory("/proc/self/fd") { name, own in
            guard name != String(own), let target = LinkTarget.of("/proc/self/fd/\(name)") else { return }
            // Dispatch opens and closes these with its timers, whenever a runtime's clock needs one. Nothing of ours
            // does, and an event loop that does is found by its thread.
            if target == "anon_inode:[timerfd]" { return }
            found.insert("\(name) -> \(target)")
        }
        return found
    }

    /// Only threads with these names are counted: those of the Swift runtime and of Dispatch come and go as they like.
    private static let namesOfOurThreads = ["mp.", "NIO-ELT"]

    private static func ownThreads() -> [String: String] {
        TestFile.names(in: "/proc/self/task").reduce(into: [:]) { found, identifier in
            guard let text = try? TestFile.text("/proc/self/task/\(identifier)/comm") else { return }
            let name = text.filter { $0 != "\n" }
            guard namesOfOurThreads.contains(where: { name.hasPrefix($0) }) else { return }
            found["\(identifier) \(name)"] = "\(name) (\(identifier))"
        }
    }
}

/// What a symbolic link names.
enum LinkTarget {
    static func of(_ path: String) -> String? {
        let target = unsafe [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
            let length = unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
                unsafe characters.baseAddress.map { unsafe readlink(path, $0, characters.count) } ?? 0
            }
            count = max(0, length)
        }
        return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
    }
}
