// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What every process of a run bears in its environment from its beginning, its grandchildren and copies too: so they
/// are found wherever they hang in the tree.
struct Mark: Sendable {
    private static let variable = "CHAOS_RUN"
    let text: String

    /// A new one.
    init(seed: UInt64) { text = "\(Self.variable)=\(getpid())-\(seed)-\(UInt32.random(in: 0 ... .max))" }

    private init(text: String) { self.text = text }

    /// The one that this process bears, if it does the work of a run.
    static var ofThisProcess: Mark? {
        // The name is a literal; the value is copied.
        guard let value = unsafe getenv(variable) else { return nil }
        return Mark(text: variable + "=" + (unsafe String(cString: value)))
    }

    func isBorne(by process: Int32) -> Bool {
        ProcessFacts.bytes("/proc/\(process)/environ").split(separator: 0).contains { $0.elementsEqual(text.utf8) }
    }

    /// All that bear it, but for this process. A zombie bears nothing any more: see `Leftovers.children`.
    var bearers: [Int32] {
        ProcessFacts.names(in: "/proc").names.compactMap { Int32($0) }.filter { $0 != getpid() && isBorne(by: $0) }
    }
}

extension Mark {
    /// What a run has left behind is reported, and then not left to the machine.
    func killBearers() { for process in bearers { kill(process, SIGKILL) } }
}

/// What a run may have left behind.
struct Leftovers {
    private let descriptors: Set<String>
    private let sharedMemory: Set<String>
    private let taskLoopIsThere = TaskLoop.isThere

    /// What is there before.
    init() {
        descriptors = Set(Self.openDescriptors)
        sharedMemory = Set(ProcessFacts.names(in: "/dev/shm").names)
    }

    /// A line for each thing that is there now, when it still is after some time.
    func found(_ mark: Mark, after patience: Duration) -> [String] {
        let deadline = ContinuousClock.now.advanced(by: patience)
        var lines = found(mark)
        // What was killed, or has returned, goes without an event that could be waited for.
        while !lines.isEmpty, ContinuousClock.now < deadline {
            pause(.milliseconds(10))
            lines = found(mark)
        }
        return lines
    }

    private func found(_ mark: Mark) -> [String] {
        let processes = Set(mark.bearers + Self.children).sorted()
            .map { "process \(ProcessFacts.state(of: $0)), command \(Self.command(of: $0))" }
        var descriptors = Self.openDescriptors.filter { !self.descriptors.contains($0) }
        if !taskLoopIsThere { TaskLoop.remove(from: &descriptors) }
        let files = Set(ProcessFacts.names(in: "/dev/shm").names).subtracting(sharedMemory).sorted()
        return processes + descriptors.map { "descriptor \($0)" } + Self.threads.map { "thread \($0)" }
            + files.map { "shared memory /dev/shm/\($0)" }
            + Self.mappings.map { "mapping \($0)" }
    }

    /// This process's children, zombies included.
    static var children: [Int32] {
        ProcessFacts.names(in: "/proc/self/task").names
            .flatMap { ProcessFacts.text("/proc/self/task/\($0)/children").split(separator: " ") }
            .compactMap { Int32($0) }
    }

    private static func command(of process: Int32) -> String {
        let words = ProcessFacts.bytes("/proc/\(process)/cmdline").split(separator: 0)
        return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }

    private static var openDescriptors: [String] {
        let (names, own) = ProcessFacts.names(in: "/proc/self/fd")
        return names.filter { $0 != "\(own)" }.map { "\($0) -> \(ProcessFacts.link("/proc/self/fd/\($0)"))" }
            // The language's own clocks open these at first use and keep them.
            .filter { !$0.hasSuffix("anon_inode:[timerfd]") }
    }

    /// Those of the library: the language's own come and go as they like.
    private static var threads: [String] {
        ProcessFacts.names(in: "/proc/self/task").names.map { ProcessFacts.line("/proc/self/task/\($0)/comm") }
            .filter { $0.hasPrefix("mp.") }
    }

    private static var mappings: [String] {
        ProcessFacts.text("/proc/self/maps").split(separator: "\n").map(String.init)
            .filter { $0.contains("/memfd:") || $0.contains("/dev/shm/") }
    }
}

/// What the language's own tasks open at first use and keep: an event loop of two descriptors.
enum TaskLoop {
    private static let kinds = ["anon_inode:[eventpoll]", "anon_inode:[eventfd]"]

    /// Starts a task and waits for the loop.
    static func begin() {
        Task.detached {}
        while !isThere { pause(.milliseconds(1)) }
    }

    static var isThere: Bool {
        let names = ProcessFacts.names(in: "/proc/self/fd").names
        return names.contains { kinds.contains(ProcessFacts.link("/proc/self/fd/\($0)")) }
    }

    /// One of each kind.
    static func remove(from descriptors: inout [String]) {
        for kind in kinds {
            if let index = descriptors.firstIndex(where: { $0.hasSuffix(kind) }) { descriptors.remove(at: index) }
        }
    }
}
