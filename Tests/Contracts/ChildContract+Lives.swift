// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization

extension ChildContract {
    /// From its start to its end, and what is left then.
    public static let lives: [ChildContract] = [
        ChildContract(
            "works with what it was given, under the number and the name that its parent knows",
            origins: [
                "_test_multiprocessing._TestProcess.test_process", "_test_multiprocessing._TestProcess.test_current",
            ]
        ) { method in
            let go = try SharedEvent()
            let work = TellingOfItself(number: 1, fraction: 2.54, text: "hello", go: go)
            let child = try ChildProcess.start(work, by: method, settings: settings { $0.name = "some child" })
            try requireEqual(waitForAny(of: [child], timeout: .zero), [])
            go.set()
            let answer = try child.wait().get()
            try requireEqual(answer.words, ["1", "2.54", "hello"])
            try requireEqual(answer.name, "some child")
            try requireEqual(answer.process, child.processIdentifier)
            try requireEqual(child.waitUntilExit(), .exited(0))
            try requireEqual(waitForAny(of: [child], timeout: .zero), [0])
        },
        ChildContract(
            "is a process from its start until its end is known, and no longer",
            origins: ["_test_multiprocessing._TestProcess.test_active_children"]
        ) { method in
            let go = try (0..<3).map { _ in try SharedEvent() }
            let children = try go.map { try ChildProcess.start(HeldByEvent(event: $0), by: method) }
            for ended in 0...children.count {
                let isThere = children.map { kill($0.processIdentifier, 0) == 0 }
                try requireEqual(isThere, children.indices.map { $0 >= ended })
                guard ended < children.count else { break }
                go[ended].set()
                try requireEqual(children[ended].waitUntilExit(), .exited(0))
            }
        },
        ChildContract(
            "that has ended says the same for ever, is not to be ended again, and goes with its last reference",
            origins: ["_test_multiprocessing._TestProcess.test_close"]
        ) { method in
            // The first brings the fork server, which stays.
            _ = try ChildProcess.start(Square(number: 1), by: method).wait()
            let before = ProcessFile.names("/proc/self/fd").count
            weak var handle: ChildProcess<Int>?
            do {
                let child = try ChildProcess.start(Square(number: 9), by: method)
                handle = child
                for _ in 0..<3 {
                    try requireEqual(child.wait(), .success(81))
                    try requireEqual(child.waitUntilExit(), .exited(0))
                    child.terminate()
                    child.kill()
                }
            }
            try require(handle == nil, "something keeps it")
            try requireEqual(ProcessFile.names("/proc/self/fd").count, before)
        },
        ChildContract(
            "keeps nothing of its work when it has ended, though its outcome is still wanted",
            origins: ["_test_multiprocessing._TestProcess.test_lose_target_ref"]
        ) { method in
            let (child, argument) = try childWithTracked(method)
            let output = try child.wait().get()
            try requireEqual(output.number, 5)
            try requireEqual(child.waitUntilExit(), .exited(0))
            try require(argument.watched == nil, "the work is kept")
            try requireEqual(try child.wait().get().number, 5)
        },
        ChildContract(
            "ends when the tasks that its work has begun have ended",
            origins: ["_test_multiprocessing._TestProcess.test_wait_for_threads"]
        ) { method in
            let (begun, go, done) = (try SharedEvent(), try SharedEvent(), try SharedEvent())
            let child = try ChildProcess.start(LeavingTask(begun: begun, go: go, done: done), by: method)
            begun.wait()
            try requireEqual(waitForAny(of: [child], timeout: .milliseconds(20)), [])
            try require(!done.isSet, "its task did not wait")
            go.set()
            try requireEqual(child.waitUntilExit(), .exited(0))
            try require(done.isSet, "its task was left behind")
        },
        ChildContract(
            "begins by the method that is named",
            origins: ["_test_multiprocessing.TestStartMethod.test_context"]
        ) { method in
            AskingOrigin.mark.store(7, ordering: .relaxed)
            defer { AskingOrigin.mark.store(0, ordering: .relaxed) }
            let origin = try ChildProcess.start(AskingOrigin(), by: method).wait().get()
            // Only a copy has what this process has; only a server's copy has another parent in the system's eyes.
            try requireEqual(origin.mark, method == .fork ? 7 : 0)
            try requireEqual(origin.parent == getpid(), method != .forkServer)
        },
    ]

    private static func childWithTracked(_ method: StartMethod) throws -> (ChildProcess<Tracked>, Watcher) {
        let work = CarryingTracked(tracked: Tracked(number: 4))
        return (try ChildProcess.start(work, by: method), Watcher(watched: work.tracked))
    }
}

struct TellingOfItself: Work {
    struct Answer: Codable, Sendable {
        var words: [String]
        var name: String
        var process: Int32
    }

    var number: Int
    var fraction: Double
    var text: String
    var go: SharedEvent

    func run() -> Answer {
        go.wait()
        let name = ProcessFile.text("/proc/self/comm").filter { $0 != "\n" }
        return Answer(words: ["\(number)", "\(fraction)", text], name: name, process: getpid())
    }
}

struct HeldByEvent: Work {
    var event: SharedEvent
    func run() { event.wait() }
}

/// Returns while a task of its own still runs, but for what the language says.
struct LeavingTask: Work {
    var begun: SharedEvent
    var go: SharedEvent
    var done: SharedEvent

    func run() async {
        await withTaskGroup { group in
            group.addTask {
                begun.set()
                if (try? await go.wait()) == true { done.set() }
            }
        }
    }
}

/// What tells one start method from another.
struct AskingOrigin: Work {
    struct Answer: Codable, Sendable {
        var mark: Int
        var parent: Int32
    }

    static let mark = Atomic<Int>(0)

    func run() -> Answer { Answer(mark: Self.mark.load(ordering: .relaxed), parent: getppid()) }
}
