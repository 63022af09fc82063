// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The queue that the threads of a pool take their work from.
///
/// Rules:
/// 1. An item is told exactly once what to do: to run, or to give up.
/// 2. An item that is taken back while it runs has its task cancelled, and arrives as cancelled whatever comes of it.
final class ThreadPoolStorage: Sendable {
    /// What an item is told to do.
    enum Start {
        /// On this executor; the task is to be shown before it begins.
        case run(ThreadExecutor, started: (Task<Void, Never>) -> Void)
        case giveUp(WorkFailure)
    }

    /// Does what it is told and answers what is to be done at the end: to say how it ended, or that it was taken back.
    typealias Item = @Sendable (Start) -> @Sendable (Bool) -> Void

    private struct Entry: Sendable {
        let owner: ObjectIdentifier
        let item: Item
        var isRunning = false
        var task: Task<Void, Never>?
        var wasTakenBack = false
    }

    private struct State: Sendable {
        var entries = PieceTable<Entry>()
        var line = WaitingLine()
        var isOpen = true
        var threads = 0
        var waiters: [CheckedContinuation<Void, Never>] = []

        mutating func next() -> (UInt64, Item)? {
            let number = line.popFirst { entries[$0]?.isRunning == false }
            guard let number, let item = entries[number]?.item else { return nil }
            entries[number]?.isRunning = true
            return (number, item)
        }
    }

    /// The pool whose work is running in this task.
    @TaskLocal static var current: ThreadPoolStorage?

    private let state = Monitor(State())

    func startThread(named name: String) throws(SystemError) {
        // Counted before it runs, or a close in between would not wait for it.
        state.update { $0.threads += 1 }
        do {
            try NativeThread.start(named: name, takesSignals: true) { [self] in runThread() }
        } catch {
            state.update { $0.threads -= 1 }
            throw error
        }
    }

    private func runThread() {
        let executor = ThreadExecutor()
        while let (number, item) = state.wait(for: { Self.take(&$0) }) { run(item, number, on: executor) }
        let waiters = state.update { state in
            state.threads -= 1
            return Self.waitersIfEnded(&state)
        }
        for waiter in waiters { waiter.resume() }
    }

    private func run(_ item: Item, _ number: UInt64, on executor: ThreadExecutor) {
        let finish = Self.$current.withValue(self) {
            item(.run(executor, started: { [self] task in show(task, of: number) }))
        }
        let wasTakenBack = state.update { $0.entries.remove(number)?.wasTakenBack ?? false }
        finish(wasTakenBack)
    }

    /// Rule 2, also for what was taken back just before.
    private func show(_ task: Task<Void, Never>, of number: UInt64) {
        let wasTakenBack = state.update { state in
            state.entries[number]?.task = task
            return state.entries[number]?.wasTakenBack ?? false
        }
        if wasTakenBack { task.cancel() }
    }

    /// The next item; nil to end the thread; no answer to wait.
    private static func take(_ state: inout State) -> (UInt64, Item)?? {
        if let next = state.next() { return .some(next) }
        return state.isOpen ? nil : .some(nil)
    }

    func submit(_ priority: WorkPriority, for owner: AnyObject, _ item: @escaping Item) {
        let owner = ObjectIdentifier(owner)
        let isAccepted = state.update(waking: .one) { state in
            guard state.isOpen else { return false }
            state.line.append(state.entries.add(Entry(owner: owner, item: item)), priority)
            return true
        }
        if !isAccepted { item(.giveUp(.poolIsShutDown))(false) }
    }

    func takeBack(_ owner: ObjectIdentifier, alsoRunning: Bool) {
        let (items, tasks) = state.update { state -> ([Item], [Task<Void, Never>]) in
            var (items, tasks): ([Item], [Task<Void, Never>]) = ([], [])
            for number in state.entries.numbers {
                guard let entry = state.entries[number], entry.owner == owner else { continue }
                if !entry.isRunning {
                    state.entries.remove(number)
                    items.append(entry.item)
                } else if alsoRunning {
                    state.entries[number]?.wasTakenBack = true
                    if let task = entry.task { tasks.append(task) }
                }
            }
            return (items, tasks)
        }
        for item in items { item(.giveUp(.cancelled))(false) }
        for task in tasks { task.cancel() }
    }

    func close(_ mode: ShutDownMode) {
        let abandoned = state.update(waking: .all) { state -> [Item] in
            state.isOpen = false
            guard mode == .abandoning else { return [] }
            var items: [Item] = []
            while let (number, item) = state.next() {
                state.entries.remove(number)
                items.append(item)
            }
            return items
        }
        for item in abandoned { item(.giveUp(.poolIsShutDown))(false) }
    }

    /// Waits for the last thread.
    func end() async {
        await withCheckedContinuation { continuation in
            let waiters = state.update { state in
                state.waiters.append(continuation)
                return Self.waitersIfEnded(&state)
            }
            for waiter in waiters { waiter.resume() }
        }
    }

    private static func waitersIfEnded(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard state.threads == 0 else { return [] }
        defer { state.waiters = [] }
        return state.waiters
    }
}
