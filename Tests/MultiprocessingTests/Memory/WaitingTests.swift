// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Multiprocessing

@Suite("Waiting for shared memory", .leavesNothingBehind)
struct WaitingTests {
    let object: SharedObject
    let word: SharedWord

    init() throws {
        object = try SharedObject(.value, payloadByteCount: 64)
        word = object.word(at: 0)
    }

    /// Waits as a task until the word is as it is to be.
    private func wait(until value: UInt32, _ deadline: Deadline = .never, onLook: () -> Void = {}) async -> Waited<Void>
    {
        await Multiprocessing.Waiting.suspend(until: deadline, keeping: object) { _ in
            onLook()
            let seen = word.value
            return seen == value ? .done(()) : .sleep(on: word, while: seen)
        }
    }

    @Test func `many more tasks than one thread watches for wait and all go on`() async {
        let arrived = Guarded(0)
        await withTaskGroup { group in
            for _ in 0..<400 {
                group.addTask {
                    arrived.withLock { $0 += 1 }
                    guard case .done = await wait(until: 1) else {
                        Issue.record("not done")
                        return
                    }
                }
            }
            // They hold no thread of the cooperative pool, or this task would have none.
            while arrived.withLock(\.self) < 400 { await Task.yield() }
            word.store(1)
            word.wake()
        }
    }

    @Test func `a change is seen without a wake-up`() async {
        let looks = Guarded(0)
        async let waited = wait(until: 1, onLook: { looks.withLock { $0 += 1 } })
        while looks.withLock(\.self) < 2 { await Task.yield() }
        word.store(1)
        guard case .done = await waited else {
            Issue.record("not done")
            return
        }
    }

    @Test func `a task that is cancelled stops waiting, and no other does`() async {
        let looks = Guarded(0)
        let count: @Sendable () -> Void = { looks.withLock { $0 += 1 } }
        let cancelled = Task { await wait(until: 1, onLook: count) }
        let other = Task { await wait(until: 1, onLook: count) }
        while looks.withLock(\.self) < 4 { await Task.yield() }
        cancelled.cancel()
        guard case .cancelled = await cancelled.value else {
            Issue.record("not cancelled")
            return
        }
        word.store(1)
        word.wake(atMost: 1)
        guard case .done = await other.value else {
            Issue.record("not done")
            return
        }
    }

    @Test func `a task that is cancelled already takes what is there and waits for nothing`() async {
        let task = Task {
            // Of this task, while it runs.
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            let waited = await wait(until: 1)
            word.store(1)
            return (waited, await wait(until: 1))
        }
        guard case (.cancelled, .done) = await task.value else {
            Issue.record("found \(await task.value)")
            return
        }
    }

    @Test func `time ends a wait of a task and of a thread`() async {
        let start = ContinuousClock.now
        guard case .timedOut = await wait(until: 1, Deadline(after: .milliseconds(130))) else {
            Issue.record("not timed out")
            return
        }
        let time = ContinuousClock.now - start
        #expect(time >= .milliseconds(130))
        let deadline = Deadline(after: .milliseconds(30))
        let answer = await withCheckedContinuation { continuation in
            startBlocking { [word] in
                let result: Bool? = Multiprocessing.Waiting.block(until: deadline) { _ in
                    .sleep(on: word, while: word.value)
                }
                continuation.resume(returning: result)
            }
        }
        #expect(answer == nil)
        #expect(deadline.hasPassed)
    }

    @Test func `lives are checked after a while, and then again and again`() async {
        var checks = 0
        let waited: Waited<Void> = await Multiprocessing.Waiting.suspend(until: .never, keeping: object) {
            checksLives in
            checks += checksLives ? 1 : 0
            return checks == 3 ? .done(()) : .sleep(on: word, while: word.value)
        }
        guard case .done = waited else {
            Issue.record("not done")
            return
        }
    }

    @Test func `two hundred tasks take turns with a mutex while the cooperative pool stays free`() async throws {
        let mutex = try SharedMutex(0)
        let (hasIt, letGo) = (Gate(), BlockingGate())
        startBlocking {
            try? mutex.withLock { _ in
                hasIt.open()
                letGo.enter()
            }
        }
        await hasIt.enter()
        try await withThrowingTaskGroup { group in
            let begun = Guarded(0)
            for _ in 0..<200 {
                group.addTask {
                    begun.withLock { $0 += 1 }
                    try await mutex.withLock { $0 += 1 }
                }
            }
            // If they held threads, these would not be enough for all to begin.
            while begun.withLock(\.self) < 200 { await Task.yield() }
            letGo.open()
            try await group.waitForAll()
        }
        #expect(try await mutex.withLock(\.self) == 200)
    }

    @Test func `a task that waits for a mutex can be cancelled, and the mutex is had by the others`() async throws {
        let mutex = try SharedMutex(0)
        let (hasIt, letGo) = (Gate(), BlockingGate())
        startBlocking {
            try? mutex.withLock { _ in
                hasIt.open()
                letGo.enter()
            }
        }
        await hasIt.enter()
        let cancelled = (0..<20).map { _ in Task { try await mutex.withLock { $0 += 1 } } }
        let others = (0..<20).map { _ in Task { try await mutex.withLock { $0 += 1 } } }
        for task in cancelled { task.cancel() }
        for task in cancelled { #expect(await task.stoppedWaiting) }
        letGo.open()
        for task in others { try await task.value }
        #expect(try await mutex.withLock(\.self) == 20)
    }

    @MainActor @Test func `a body runs where its caller is isolated`() async throws {
        let mutex = try SharedMutex(0)
        let found = try await mutex.withLock { value in
            MainActor.assertIsolated()
            value += 1
            return value
        }
        #expect(found == 1)
    }
}

private func startBlocking(_ body: @escaping @Sendable () -> Void) {
    do { try NativeThread.start(named: "test.waiting", body) } catch { fatalError("\(error)") }
}

extension Task where Success == Void, Failure == any Error {
    /// Whether it ended because it was cancelled while it waited for a lock.
    var stoppedWaiting: Bool {
        get async {
            if case .failure(SharedLockError<Never>.cancelled) = await result { true } else { false }
        }
    }
}

/// A value that closures of several threads and tasks may hold.
final class Guarded<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result { value.withLock { body(&$0) } }
}
