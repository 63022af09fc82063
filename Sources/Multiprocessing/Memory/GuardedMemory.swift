// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// An owner lock and the bytes beside it that it guards, in an object of their own: what is the same in a mutex of any
/// value.
///
/// Layout of the payload: the lock (16), then the guarded bytes at the next multiple of their alignment. Small values so
/// share a cache line with their lock, which whoever takes the lock has to fetch anyway.
@usableFromInline
@safe struct GuardedMemory: @unchecked Sendable {
    // @unchecked, @safe: the address never changes and is valid while `object` lives; who touches what lies there has
    // the lock.
    let object: SharedObject
    let lock: OwnerLock
    @usableFromInline let bytes: UnsafeMutableRawPointer

    /// What came of waiting for the lock.
    @usableFromInline
    enum Grant {
        case clean
        /// The caller has the lock, but what it guards may be torn.
        case fromTheDead
        case timedOut
    }

    static func byteCount<Value>(for type: Value.Type) -> Int { offset(of: type) + MemoryLayout<Value>.size }

    /// From the payload's beginning, which lies behind the object's head.
    private static func offset<Value>(of type: Value.Type) -> Int {
        let head = SharedObject.headByteCount
        let mask = MemoryLayout<Value>.alignment - 1
        return ((head + OwnerLock.byteCount + mask) & ~mask) - head
    }

    init<Value>(_ object: SharedObject, of type: Value.Type) {
        self.object = object
        lock = object.lock(at: 0)
        // The object was made, or checked, to have as many bytes.
        unsafe bytes = object.address(at: Self.offset(of: type))
    }

    /// Waits on the calling thread.
    @usableFromInline
    func acquire(_ timeout: Duration?) -> Grant {
        lock.acquire(until: Deadline(after: timeout)).map(Self.grant) ?? .timedOut
    }

    private static func grant(_ acquisition: OwnerLock.Acquisition) -> Grant {
        switch acquisition {
        case .clean: .clean
        case .fromTheDead: .fromTheDead
        }
    }

    @usableFromInline
    func release() { lock.release() }

    /// Releases a lock that came from the dead; which thread had died.
    @usableFromInline
    func refuse() -> Int32 {
        defer { lock.release() }
        return lock.deadOwner
    }

    /// Answers nil when somebody has the lock, or others are to have it first.
    func acquireAtOnce() -> Grant? { lock.acquireAtOnce().map(Self.grant) }

    /// Answers nil when somebody who lives has the lock.
    @usableFromInline
    func tryAcquire() -> Grant? { lock.tryAcquireFromAnybody().map(Self.grant) }

    @usableFromInline
    func markRepaired() { lock.markRepaired() }
}

extension GuardedMemory {
    /// Has `use` run with the lock held, on the thread that took it, without holding a thread until then. The lock is
    /// released after it.
    nonisolated(nonsending) func suspend<Result, BodyError: Error>(
        _ timeout: Duration?, _ use: (Grant) throws(SharedLockError<BodyError>) -> Result
    ) async throws(SharedLockError<BodyError>) -> Result {
        var wait = OwnerLock.Wait(endsByItself: false)
        let waited = try await Waiting.suspend(until: Deadline(after: timeout), keeping: object) {
            checksLives throws(SharedLockError<BodyError>) in
            switch lock.look(&wait, checksLives: checksLives) {
            case .sleep(let word, let value): return Look<Result>.sleep(on: word, while: value)
            case .done(let acquisition):
                // Here, between two suspensions, and not after the return: a task may come back on another thread, and
                // the lock belongs to this one.
                defer { lock.release() }
                return .done(try use(Self.grant(acquisition)))
            }
        }
        return try waited.result(or: BodyError.self)
    }
}
