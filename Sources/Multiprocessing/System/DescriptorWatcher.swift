// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Waits for descriptors on behalf of tasks, which so hold no thread while they wait.
///
/// One thread waits for all of them, and lives while there are some and a moment longer: starting it costs more than a
/// short wait takes.
enum DescriptorWatcher {
    /// Calls back exactly once unless cancelled before: when the descriptor is ready or has ended, when the deadline
    /// has passed, or because of `lookAgain`. Which of these, the caller finds out by looking; it may be none.
    ///
    /// The handle is held until then; without one only the deadline counts. The callback comes from the watcher's
    /// thread, possibly before this returns.
    static func watch(
        _ handle: DescriptorHandle?, for interest: Interest, until deadline: Deadline,
        _ callback: @escaping @Sendable () -> Void
    ) -> Watch {
        let entry = WatcherLoop.Entry(handle: handle, interest: interest, deadline: deadline, callback: callback)
        while let loop = loop() {
            switch loop.add(entry) {
            case .added(let id): return Watch(loop: loop, id: id)
            case .isEnding: continue
            case .refused: return later(entry)
            }
        }
        return later(entry)
    }

    /// Suspends the task for as long, or until it is cancelled.
    static func wait(for handle: DescriptorHandle, _ interest: Interest, until deadline: Deadline) async {
        let waiter = OneWaiter()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.begin(continuation) {
                    watch(handle, for: interest, until: deadline) { waiter.end() }
                }
            }
        } onCancel: {
            waiter.cancel()
        }
    }

    /// Calls back for everybody who waits for this handle.
    static func lookAgain(at handle: DescriptorHandle) {
        let process = CurrentProcess.identifier
        state.withLock { $0.process == process ? $0.loop : nil }?.lookAgain(at: handle.number)
    }

    /// What a thread does last.
    fileprivate static func forget(_ loop: WatcherLoop) {
        // Released after the lock.
        _ = state.withLock { state -> WatcherLoop? in
            guard state.loop === loop else { return nil }
            defer { state.loop = nil }
            return loop
        }
    }

    private struct State {
        var loop: WatcherLoop?
        /// Where it runs: in a forked child nobody turns the parent's loop.
        var process: Int32 = 0
    }

    private static let state = Mutex(State())

    /// The running loop, or nil when the system has no descriptor or thread left.
    private static func loop() -> WatcherLoop? {
        let process = CurrentProcess.identifier
        return state.withLock { state in
            if let loop = state.loop {
                if state.process == process, loop.isOpen { return loop }
                // A parent's: its descriptors are closed here, and their numbers may be others by now. Never closed
                // again, so never freed.
                if state.process != process { _ = unsafe Unmanaged.passRetained(loop) }
            }
            guard let new = try? WatcherLoop(), (try? new.start()) != nil else { return nil }
            state = State(loop: new, process: process)
            return new
        }
    }

    /// Nothing to wait with: the caller looks again by itself, slowly, but does not hang.
    private static func later(_ entry: WatcherLoop.Entry) -> Watch {
        Task {
            try? await Task.sleep(for: .milliseconds(10))
            entry.callback()
        }
        return Watch(loop: nil, id: 0)
    }
}

/// One wait that is under way.
struct Watch: Sendable {
    fileprivate let loop: WatcherLoop?
    fileprivate let id: UInt64

    /// No callback follows, unless it is on its way already.
    func cancel() { loop?.remove(id) }
}

/// A task that waits for one callback or its own cancellation.
private final class OneWaiter: Sendable {
    private enum State {
        case new, over
        case waiting(CheckedContinuation<Void, Never>, Watch?)
    }

    private let state = Mutex(State.new)

    /// Unless it is over already, because the task was cancelled before it began to wait.
    func begin(_ continuation: CheckedContinuation<Void, Never>, _ watch: () -> Watch) {
        let isOver = state.withLock { state in
            if case .over = state { return true }
            state = .waiting(continuation, nil)
            return false
        }
        if isOver { return continuation.resume() }
        let watch = watch()
        let isStillWaiting = state.withLock { state in
            guard case .waiting(let continuation, _) = state else { return false }
            state = .waiting(continuation, watch)
            return true
        }
        if !isStillWaiting { watch.cancel() }
    }

    func end() { finish()?.cancel() }

    func cancel() { finish()?.cancel() }

    private func finish() -> Watch? {
        let before = state.withLock { state in
            defer { state = .over }
            return state
        }
        guard case .waiting(let continuation, let watch) = before else { return nil }
        continuation.resume()
        return watch
    }
}

/// The thread that waits, and for what.
private final class WatcherLoop: Sendable {
    struct Entry: Sendable {
        let handle: DescriptorHandle?
        let interest: Interest
        let deadline: Deadline
        let callback: @Sendable () -> Void

        /// The descriptor, or a number that none has.
        var number: Int32 { handle?.number ?? -1 }
    }

    enum Addition {
        case added(UInt64)
        /// Its thread is about to end; another loop will do.
        case isEnding
        /// The system watches no more.
        case refused
    }

    fileprivate struct State {
        var entries: [UInt64: Entry] = [:]
        /// The entries of each descriptor: one place in the set serves them all.
        var watched: [Int32: Set<UInt64>] = [:]
        var lastID: UInt64 = 0
        var isOpen = true
        /// Until when the thread sleeps at most; past while it is awake.
        var end = Deadline.never
    }

    private static let patience: Int64 = 200_000_000
    private let poll: EventPoll
    private let wakeUp: WakeUp
    private let state = Mutex(State())

    init() throws(SystemError) {
        poll = try EventPoll()
        wakeUp = try WakeUp()
        try poll.add(wakeUp.descriptor.number, token: Self.wakeUpToken, interest: .reading)
    }

    private static let wakeUpToken = UInt64.max

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func start() throws(SystemError) { try NativeThread.start(named: "mp.descriptors") { [self] in run() } }

    // MARK: Entries

    func add(_ entry: Entry) -> Addition {
        let number = entry.number
        return state.withLock { state in
            guard state.isOpen else { return .isEnding }
            state.lastID += 1
            let id = state.lastID
            let before = state.interest(in: number)
            state.entries[id] = entry
            state.watched[number, default: []].insert(id)
            guard watch(number, from: before, to: state.interest(in: number)) else {
                _ = state.take(id)
                return .refused
            }
            if entry.deadline < state.end { wakeUp.signal() }
            return .added(id)
        }
    }

    func remove(_ id: UInt64) {
        // Released after the lock: the last reference closes the descriptor.
        _ = state.withLock { state -> Entry? in
            guard let number = state.entries[id]?.number else { return nil }
            let before = state.interest(in: number)
            defer {
                _ = watch(number, from: before, to: state.interest(in: number))
                wakeIfIdle(state)
            }
            return state.take(id)
        }
    }

    /// A thread that sleeps for nobody would do so for ever.
    private func wakeIfIdle(_ state: State) {
        guard state.entries.isEmpty, state.end > .now.advanced(nanoseconds: Self.patience) else { return }
        wakeUp.signal()
    }

    func lookAgain(at number: Int32) {
        let entries = state.withLock { state in
            defer { wakeIfIdle(state) }
            return takeAll(of: number, in: &state)
        }
        callBack(entries)
    }

    /// Under the lock, so that the set is as the table says.
    private func watch(_ number: Int32, from before: Interest, to after: Interest) -> Bool {
        if before == after || number < 0 { return true }
        do {
            if after.isEmpty {
                poll.remove(number)
            } else if before.isEmpty {
                try poll.add(number, token: UInt64(number), interest: after)
            } else {
                try poll.change(number, token: UInt64(number), interest: after)
            }
            return true
        } catch {
            return false
        }
    }

    private func takeAll(of number: Int32, in state: inout State) -> [Entry] {
        guard let ids = state.watched.removeValue(forKey: number) else { return [] }
        poll.remove(number)
        return ids.sorted().compactMap { state.entries.removeValue(forKey: $0) }
    }

    /// Outside the lock: a callback may wait again.
    private func callBack(_ entries: [Entry]) { for entry in entries { entry.callback() } }

    // MARK: The thread

    private func run() {
        var idleSince = Deadline.now
        while true {
            let (end, isOver) = state.withLock { state in
                if !state.entries.isEmpty { idleSince = .now }
                let isIdle = state.entries.isEmpty
                state.end = isIdle ? idleSince.advanced(nanoseconds: Self.patience) : state.earliestDeadline
                state.isOpen = !(isIdle && state.end.hasPassed)
                return (state.end, !state.isOpen)
            }
            if isOver { return DescriptorWatcher.forget(self) }
            settle(poll.wait(milliseconds: end.pollMilliseconds))
        }
    }

    private func settle(_ tokens: [UInt64]) {
        var due: [Entry] = []
        state.withLock { state in
            // Nobody need wake a thread that is awake.
            state.end = .now
            for token in tokens where token != Self.wakeUpToken {
                due += takeAll(of: Int32(truncatingIfNeeded: token), in: &state)
            }
            for (id, entry) in state.entries where entry.deadline.hasPassed {
                let before = state.interest(in: entry.number)
                if let entry = state.take(id) { due.append(entry) }
                _ = watch(entry.number, from: before, to: state.interest(in: entry.number))
            }
        }
        if tokens.contains(Self.wakeUpToken) { wakeUp.clear() }
        callBack(due)
    }
}

extension WatcherLoop.State {
    /// What all who wait for a descriptor want to know of it.
    fileprivate func interest(in number: Int32) -> Interest {
        (watched[number] ?? []).reduce(into: Interest()) { $0.formUnion(entries[$1]?.interest ?? []) }
    }

    fileprivate mutating func take(_ id: UInt64) -> WatcherLoop.Entry? {
        guard let entry = entries.removeValue(forKey: id) else { return nil }
        watched[entry.number]?.remove(id)
        if watched[entry.number]?.isEmpty == true { watched[entry.number] = nil }
        return entry
    }

    fileprivate var earliestDeadline: Deadline { entries.values.map(\.deadline).min() ?? .never }
}
