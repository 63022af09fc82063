// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Sleeps on words of shared memory on behalf of tasks, which so hold no thread while they wait.
///
/// One thread sleeps for up to 127 tasks, and lives while there are some.
///
/// Its state is in monitors, not in the standard library's `Mutex`: that one is handed over by the kernel when several
/// want it, which the thread sanitizer does not see, and it would report races to everybody who uses a shared lock.
enum WordWatcher {
    /// Waits until the word is woken or differs, the deadline has passed, or the task is cancelled; which of these,
    /// the caller finds out by looking. It may also return for no reason.
    /// - Parameter owner: Keeps the word's memory mapped.
    static func wait(
        on word: SharedWord, while expected: UInt32, until deadline: Deadline, keeping owner: any AnyObject & Sendable
    ) async {
        let entry = WatchEntry(word: word, expected: expected, deadline: deadline, owner: owner)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                entry.start(continuation) { WatcherThreads.add(entry) }
            }
        } onCancel: {
            entry.resume()
            // Or its thread would go on sleeping for it, and take a wake-up that was meant for somebody else.
            WatcherThreads.lookAgain()
        }
    }
}

/// One task that waits.
private final class WatchEntry: Sendable {
    private enum State {
        case new, over
        case waiting(CheckedContinuation<Void, Never>)
    }

    let word: SharedWord
    let expected: UInt32
    let deadline: Deadline
    private let owner: any AnyObject & Sendable
    private let state = Monitor(State.new)

    init(word: SharedWord, expected: UInt32, deadline: Deadline, owner: any AnyObject & Sendable) {
        self.word = word
        self.expected = expected
        self.deadline = deadline
        self.owner = owner
    }

    /// Unless it is over already, because the task was cancelled before it began to wait.
    func start(_ continuation: CheckedContinuation<Void, Never>, _ register: () -> Void) {
        let isOver = state.update { state in
            if case .over = state { return true }
            state = .waiting(continuation)
            return false
        }
        if isOver { continuation.resume() } else { register() }
    }

    var isOver: Bool {
        state.update { state in
            if case .over = state { true } else { false }
        }
    }

    var isDue: Bool { isOver || word.value != expected || deadline.hasPassed }

    /// Once; later calls do nothing. A cancelled entry stays in its thread's list until that looks at it next.
    func resume() {
        let continuation = state.update { state -> CheckedContinuation<Void, Never>? in
            defer { state = .over }
            if case .waiting(let continuation) = state { return continuation }
            return nil
        }
        continuation?.resume()
    }
}

/// All threads that sleep for tasks.
private enum WatcherThreads {
    private static let all = Monitor([WatcherThread]())

    static func add(_ entry: WatchEntry) {
        let isTaken = all.update { threads in
            if threads.contains(where: { $0.take(entry) }) { return true }
            guard let new = WatcherThread(), new.take(entry), new.start() else { return false }
            threads.append(new)
            return true
        }
        if isTaken { return }
        // Without a thread to be had the task looks again by itself: slowly, but it does not hang.
        Task {
            try? await Task.sleep(for: .milliseconds(10))
            entry.resume()
        }
    }

    static func lookAgain() {
        let threads = all.update { $0 }
        for thread in threads { thread.lookAgain() }
    }

    static func remove(_ thread: WatcherThread) { all.update { $0.removeAll { $0 === thread } } }
}

/// One thread and the tasks that it sleeps for.
private final class WatcherThread: Sendable {
    private struct State {
        var entries: [WatchEntry] = []
        var isOpen = true
    }

    /// How long it stays when there is nothing to do: starting one costs more than a short wait takes.
    private static let patience = Int64(200_000_000)
    /// How often it looks where the kernel cannot sleep on several words.
    private static let pollingInterval = Int64(1_000_000)

    private let state = Monitor(State())
    /// Changed whenever an entry was added or cancelled; in anonymous memory of its own.
    private let control: SharedWord
    private let memory: Mapping

    init?() {
        guard let file = try? MemoryFile(named: "watcher"), (try? file.grow(to: Mapping.pageByteCount)) != nil,
            let memory = try? Mapping(of: file, byteCount: Mapping.pageByteCount, isWritable: true)
        else { return nil }
        self.memory = memory
        control = memory.word(at: 0)
    }

    /// Answers false when it is full or about to end.
    func take(_ entry: WatchEntry) -> Bool {
        let isTaken = state.update { state in
            guard state.isOpen, state.entries.count < SharedWord.mostAtOnce - 1 else { return false }
            state.entries.append(entry)
            return true
        }
        if isTaken { lookAgain() }
        return isTaken
    }

    func lookAgain() {
        control.add(1)
        control.wake()
    }

    func start() -> Bool { (try? NativeThread.start(named: "mp.watcher") { [self] in run() }) != nil }

    private func run() {
        var idleSince = Deadline.now
        while true {
            let seen = control.value
            let entries = state.update { $0.entries }
            if !entries.isEmpty { idleSince = .now }
            let end = idleSince.advanced(nanoseconds: Self.patience)
            if entries.isEmpty, end.hasPassed, close() { return }
            settle(entries, woken: sleep(for: entries, seen, until: entries.map(\.deadline).min() ?? end))
        }
    }

    private func sleep(for entries: [WatchEntry], _ seen: UInt32, until deadline: Deadline) -> WatchEntry? {
        let words = [(control, seen)] + entries.map { ($0.word, $0.expected) }
        let (isPossible, woken) = SharedWord.sleep(onAll: words, until: deadline)
        if !isPossible {
            let next = Deadline.now.advanced(nanoseconds: Self.pollingInterval)
            control.sleep(while: seen, until: entries.isEmpty ? deadline : min(next, deadline))
        }
        return woken.flatMap { $0 > 0 ? entries[$0 - 1] : nil }
    }

    /// Resumes those whose wait is over. The woken one is, even if its word looks the same again.
    private func settle(_ entries: [WatchEntry], woken: WatchEntry?) {
        // Cancelled before the wake-up came, and gone: it was meant for whoever else sleeps on the word.
        if let woken, woken.isOver { woken.word.wake(atMost: 1) }
        let due = entries.filter { $0 === woken || $0.isDue }
        if due.isEmpty { return }
        let gone = Set(due.map(ObjectIdentifier.init))
        state.update { $0.entries.removeAll { gone.contains(ObjectIdentifier($0)) } }
        for entry in due { entry.resume() }
    }

    /// Ends it unless an entry has come in the meantime.
    private func close() -> Bool {
        let isClosed = state.update { state in
            if !state.entries.isEmpty { return false }
            state.isOpen = false
            return true
        }
        if isClosed { WatcherThreads.remove(self) }
        return isClosed
    }
}
