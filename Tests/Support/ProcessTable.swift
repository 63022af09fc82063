// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Glibc

/// What the kernel tells about a process.
public struct ProcessEntry: Sendable, Hashable, CustomStringConvertible {
    public let processIdentifier: pid_t
    public let parent: pid_t
    public let session: pid_t
    /// The kernel's letter: `R`, `S`, `D`, `T`, or `Z` for a zombie.
    public let state: Character
    public let commandLine: String

    public var isZombie: Bool { state == "Z" }

    public var description: String {
        "process \(processIdentifier) (\(isZombie ? "zombie" : "state \(state)")): \(commandLine)"
    }
}

/// Looks processes up in `/proc`.
public enum ProcessTable {
    /// One process, or `nil` when there is none (any more).
    public static func entry(of processIdentifier: pid_t) -> ProcessEntry? {
        guard let stat = try? TestFile.text("/proc/\(processIdentifier)/stat"),
            // The name in parentheses may itself hold spaces and parentheses: the fields begin after the last one.
            let open = stat.firstIndex(of: "("), let close = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: close)...].split(separator: " ")
        guard fields.count > 3, let state = fields[0].first, let parent = pid_t(fields[1]),
            let session = pid_t(fields[3])
        else { return nil }
        let words = (try? TestFile.read("/proc/\(processIdentifier)/cmdline"))?.split(separator: 0) ?? []
        let commandLine = words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        return ProcessEntry(
            processIdentifier: processIdentifier, parent: parent, session: session, state: state,
            commandLine: commandLine.isEmpty ? "[\(stat[stat.index(after: open)..<close])]" : commandLine)
    }

    /// All processes that may be seen from here.
    public static func all() -> [ProcessEntry] {
        TestFile.names(in: "/proc").compactMap { pid_t($0) }.compactMap { entry(of: $0) }
    }

    /// The children of a process, zombies included.
    public static func children(of processIdentifier: pid_t) -> [ProcessEntry] {
        let tasks = "/proc/\(processIdentifier)/task"
        // A child belongs to the thread that started it.
        return TestFile.names(in: tasks)
            .compactMap { try? TestFile.text("\(tasks)/\($0)/children") }
            .flatMap { $0.split(whereSeparator: \.isWhitespace) }
            .compactMap { pid_t($0) }
            .compactMap { entry(of: $0) }
    }

    /// The children of a process, their children and so on, zombies included.
    public static func descendants(of processIdentifier: pid_t) -> [ProcessEntry] {
        children(of: processIdentifier).flatMap { [$0] + descendants(of: $0.processIdentifier) }
    }
}
