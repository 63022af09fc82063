// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `/proc` tells about another process, for tests that look at one from outside.
public enum ProcessFacts {
    /// What its open descriptors are of, as `socket:[1234]`; one line for each.
    public static func descriptors(of process: Int32) -> [String] {
        let folder = "/proc/\(process)/fd"
        return TestFile.names(in: folder).compactMap { LinkTarget.of("\(folder)/\($0)") }
    }

    /// The names of its threads.
    public static func threads(of process: Int32) -> [String] {
        tasks(of: process).compactMap { try? TestFile.text("\($0)/comm") }.map { $0.filter { !$0.isNewline } }
    }

    /// How often each of its threads has been put on a processor or taken from one: unchanged for as long as it waits.
    public static func switches(of process: Int32) -> [String: Int] {
        tasks(of: process).reduce(into: [:]) { found, task in
            guard let status = try? TestFile.text("\(task)/status") else { return }
            let lines = status.split(separator: "\n").filter { $0.contains("ctxt_switches:") }
            found[task] = lines.compactMap { Int($0.filter(\.isNumber)) }.reduce(0, +)
        }
    }

    private static func tasks(of process: Int32) -> [String] {
        let folder = "/proc/\(process)/task"
        return TestFile.names(in: folder).map { "\(folder)/\($0)" }
    }
}

/// Whether processes do nothing at all: a wait that polled would be seen.
public enum Stillness {
    /// The threads of these processes that ran within the window, none if none did; waits first for a moment in which
    /// all are still, since they may still be on their way into their waits.
    ///
    /// Threads that begin or end in the window do not count, nor do those of Dispatch, which go when it likes.
    public static func violations(by processes: [Int32], within window: Duration) async -> [String] {
        var patience = 50
        while patience > 0, await hasChange(of: processes, within: .milliseconds(100)) { patience -= 1 }
        let before = switches(of: processes)
        _ = await remaining(after: window) { switches(of: processes) == before ? ["still"] : [] }
        let after = switches(of: processes)
        return before.keys.filter { after[$0] != nil && after[$0] != before[$0] }.sorted().map { task in
            "\(task) \((try? TestFile.text("\(task)/comm")) ?? "")"
        }
    }

    private static func hasChange(of processes: [Int32], within window: Duration) async -> Bool {
        let before = switches(of: processes)
        return await remaining(after: window) { switches(of: processes) == before ? ["still"] : [] }.isEmpty
    }

    private static func switches(of processes: [Int32]) -> [String: Int] {
        processes.reduce(into: [:]) { found, process in
            found.merge(ProcessFacts.switches(of: process)) { first, _ in first }
        }
        .filter { task, _ in
            let name = (try? TestFile.text("\(task)/comm")) ?? ""
            return !name.contains("qos")
        }
    }
}
