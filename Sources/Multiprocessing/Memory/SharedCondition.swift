// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What those wait for who hold a `SharedMutex` and find nothing to do: a change that somebody else announces.
///
/// Whoever waits gives the mutex back meanwhile and has it again afterwards. Prefer to wait until something holds:
///
///     try queue.withLock(when: { $0.count > 0 }, notifiedBy: hasItems) { $0.count -= 1 }     // one side
///
///     try queue.withLock { $0.count += 1 }                                                   // the other side
///     hasItems.notify()
///
/// `wait(with:timeout:preparing:_:)` waits for one notification, whatever the value is.
///
/// **Order**: exactly as many as a notification is for are released, those first who have waited longest. Who comes
/// later, or waits again, does not take it from them. There are no wake-ups for nothing.
///
/// **Deaths**: the notification of a waiter that dies before it has made use of it goes to the next who waited when it
/// was given, within 100 ms; so does one that came in the moment of a timeout. One who waits until something holds looks
/// by itself every 100 ms, so that it finds out even if the other side died before it could notify.
///
/// **Limits**: 254 may wait at once in all processes. More wait for a place first; those who wait until something
/// holds look every 100 ms meanwhile. One condition belongs to one mutex; a mutex may have many conditions.
public struct SharedCondition: Sendable {
    private let object: SharedObject
    let table: WaiterTable

    /// Makes one, in memory of its own (some 16 KB) that goes with its last handle.
    ///
    /// - Throws: `.system` when the memory or a descriptor for it cannot be had.
    public init() throws(SharedMemoryError) {
        self.init(try SharedObject(.condition, payloadByteCount: WaiterTable.byteCount))
    }

    private init(_ object: SharedObject) {
        self.object = object
        table = WaiterTable(in: object)
    }

    /// Releases those who have waited longest, as many as there are up to the count. With nobody waiting it does
    /// nothing: notifications are not kept.
    ///
    /// The mutex may be held or not. Held, what is notified of is still true when the first one looks; not held, the
    /// first need not wait for the mutex at once. May be used in asynchronous code: it waits for nobody who runs.
    public func notify(_ count: Int = 1) { table.notify(atMost: count) }

    /// Releases all who wait at this moment.
    public func notifyAll() { table.notify(atMost: .max) }

    /// How many wait at this moment and have not been released. For display and tests: it may have changed already.
    public var waiterCount: Int { table.waiterCount }

    /// Waits for one notification on the calling thread, and runs the body with the mutex held.
    ///
    /// - Parameters:
    ///   - mutex: The one that this condition belongs to; it is given back while nobody notifies.
    ///   - timeout: For how long to wait at most, for the notification and the mutex together; nil: for ever.
    ///   - prepare: Runs with the mutex held when the place among those who wait has been taken: whoever has the mutex
    ///     afterwards and notifies, notifies this wait too.
    ///   - body: Runs with the mutex held again, once notified.
    /// - Throws: `.ownerDied` as `withLock`, before the wait or after it, `.timedOut`, or what either closure throws as
    ///   `.body`. The body has not run unless it threw itself.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func wait<Value, Result, BodyError: Error>(
        with mutex: SharedMutex<Value>, timeout: Duration? = nil,
        preparing prepare: (inout Value) throws(BodyError) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        var wait = ConditionWait(for: table, with: mutex.memory.lock, endsByItself: timeout != nil)
        defer { wait.abandon() }
        let result = try Waiting.block(until: Deadline(after: timeout)) {
            checksLives throws(SharedLockError<BodyError>) in
            try mutex.lookForNotification(&wait, checksLives, prepare, body)
        }
        guard let result else { throw .timedOut }
        return result
    }

    /// The same with nothing to prepare.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func wait<Value, Result, BodyError: Error>(
        with mutex: SharedMutex<Value>, timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        try wait(with: mutex, timeout: timeout, preparing: Self.nothing, body)
    }

    /// The same without holding a thread while it waits; both closures are synchronous and run where the caller is
    /// isolated.
    /// - Throws: As the blocking form, or `.cancelled`.
    nonisolated(nonsending) public func wait<Value, Result, BodyError: Error>(
        with mutex: SharedMutex<Value>, timeout: Duration? = nil,
        preparing prepare: (inout Value) throws(BodyError) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        var wait = ConditionWait(for: table, with: mutex.memory.lock, endsByItself: timeout != nil)
        defer { wait.abandon() }
        let waited = try await Waiting.suspend(until: Deadline(after: timeout), keeping: keeping(mutex)) {
            checksLives throws(SharedLockError<BodyError>) in
            try mutex.lookForNotification(&wait, checksLives, prepare, body)
        }
        return try waited.result(or: BodyError.self)
    }

    /// The same with nothing to prepare.
    nonisolated(nonsending) public func wait<Value, Result, BodyError: Error>(
        with mutex: SharedMutex<Value>, timeout: Duration? = nil, _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        try await wait(with: mutex, timeout: timeout, preparing: Self.nothing, body)
    }

    /// Not a default argument, which crashes the compiler (6.3) where the body does not throw.
    private static func nothing<Value, BodyError: Error>(_: inout Value) throws(BodyError) {}

    /// Keeps the words mapped that a wait may sleep on.
    fileprivate final class BothObjects: Sendable {
        private let condition: SharedObject
        private let mutex: SharedObject

        init<Value>(_ condition: SharedObject, _ mutex: SharedMutex<Value>) {
            self.condition = condition
            self.mutex = mutex.memory.object
        }
    }

    fileprivate func keeping<Value>(_ mutex: SharedMutex<Value>) -> BothObjects { BothObjects(object, mutex) }
}

extension SharedCondition: Codable {
    public init(from decoder: any Decoder) throws {
        let descriptor = try decoder.singleValueContainer().decode(DescriptorHandle.self)
        try self.init(adopting: descriptor)
    }

    /// Uses the condition behind a descriptor, if it is one.
    init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        self.init(try SharedObject(adopting: descriptor, .condition, payloadByteCount: WaiterTable.byteCount))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(object.descriptor)
    }
}

extension SharedMutex {
    /// Waits on the calling thread until something holds of the value, and runs the body with the lock held and that
    /// still true.
    ///
    /// - Parameters:
    ///   - isTrue: Is asked with the lock held: at once, whenever the condition is notified, and about every 100 ms.
    ///   - condition: What those notify who change the value. The lock is not held while nobody does.
    ///   - timeout: For how long to wait at most; nil: for ever.
    ///   - body: Changes the value in place. What it has changed when it throws stays changed.
    /// - Throws: `.ownerDied` as `withLock`, `.timedOut`, or the body's error as `.body`.
    @available(*, noasync, message: "blocks the thread: use the asynchronous form, with await")
    public func withLock<Result, BodyError: Error>(
        when isTrue: (Value) -> Bool, notifiedBy condition: SharedCondition, timeout: Duration? = nil,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Result {
        var wait = ConditionWait(for: condition.table, with: memory.lock, endsByItself: timeout != nil)
        defer { wait.abandon() }
        let result = try Waiting.block(until: Deadline(after: timeout)) {
            checksLives throws(SharedLockError<BodyError>) in
            try look(&wait, checksLives, isTrue, body)
        }
        guard let result else { throw .timedOut }
        return result
    }

    /// The same without holding a thread while it waits; both closures are synchronous and run where the caller is
    /// isolated.
    /// - Throws: As the blocking form, or `.cancelled`.
    nonisolated(nonsending) public func withLock<Result, BodyError: Error>(
        when isTrue: (Value) -> Bool, notifiedBy condition: SharedCondition, timeout: Duration? = nil,
        _ body: (inout Value) throws(BodyError) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        var wait = ConditionWait(for: condition.table, with: memory.lock, endsByItself: timeout != nil)
        defer { wait.abandon() }
        let waited = try await Waiting.suspend(until: Deadline(after: timeout), keeping: condition.keeping(self)) {
            checksLives throws(SharedLockError<BodyError>) in
            try look(&wait, checksLives, isTrue, body)
        }
        return try waited.result(or: BodyError.self)
    }

    /// One look of a wait until something holds.
    private func look<Result, BodyError: Error>(
        _ wait: inout ConditionWait, _ checksLives: Bool, _ isTrue: (Value) -> Bool,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Look<Result> {
        try withAcquired(wait.lookForLock(checksLives: checksLives, isCurious: true)) {
            () throws(SharedLockError<BodyError>) in
            // The lock is held.
            if unsafe isTrue(place.pointee) {
                wait.leave()
                return .done(try run(body))
            }
            return wait.takePlace(checksLives: checksLives) ?? wait.sleep()
        }
    }

    /// One look of a wait for a notification.
    fileprivate func lookForNotification<Result, BodyError: Error>(
        _ wait: inout ConditionWait, _ checksLives: Bool, _ prepare: (inout Value) throws(BodyError) -> Void,
        _ body: (inout Value) throws(BodyError) -> Result
    ) throws(SharedLockError<BodyError>) -> Look<Result> {
        try withAcquired(wait.lookForLock(checksLives: checksLives, isCurious: false)) {
            () throws(SharedLockError<BodyError>) in
            if wait.hasPlace {
                wait.leave()
                return .done(try run(body))
            }
            if let later: Look<Result> = wait.takePlace(checksLives: checksLives) { return later }
            try run(prepare)
            return wait.sleep()
        }
    }

    /// Goes on with the lock held if it was acquired, and releases it.
    private func withAcquired<Result, BodyError: Error>(
        _ look: Look<OwnerLock.Acquisition>, _ body: () throws(SharedLockError<BodyError>) -> Look<Result>
    ) throws(SharedLockError<BodyError>) -> Look<Result> {
        switch look {
        case .sleep(let word, let value): return .sleep(on: word, while: value)
        case .done(let acquisition):
            defer { memory.release() }
            if acquisition == .fromTheDead { throw .ownerDied(thread: memory.lock.deadOwner) }
            return try body()
        }
    }
}

extension Waited {
    /// The result, or what kept it from coming.
    func result<BodyError: Error>(or error: BodyError.Type) throws(SharedLockError<BodyError>) -> Result {
        switch self {
        case .done(let result): return result
        case .timedOut: throw .timedOut
        case .cancelled: throw .cancelled
        }
    }
}
