// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A lock in shared memory that outlives its owner's death.
///
/// The owner is written into the lock itself, as an identity that no later thread can have. Whoever waits for long looks
/// whether the owner still lives, and takes the lock over if it does not. Nothing in the lock is a pointer, so whatever a
/// hostile peer writes there, this process reads numbers only; it may then wait, or be let in beside the peer, no more.
///
/// Why not a robust pthread mutex: it costs twice as much without contention (it writes itself into a list of the thread
/// and out of it again), that list holds pointers through shared memory, it belongs to a thread for good, and a task
/// cannot wait for it.
///
/// Layout, 16 bytes: the owner (8; bit 0: somebody sleeps; bit 1: somebody has waited for long, and the lock is kept for
/// such a one when it is released), the number of the thread that died as owner, until what the lock guards is repaired
/// (4; 0: it is whole), unused (4). All zero is a free lock.
///
/// A lock that is released is free for whoever comes first, also for the one who just had it, because handing it over to
/// a sleeper would have all others wait until that one runs. Who so comes too late for 5 ms has it kept.
struct OwnerLock: Sendable {
    static let byteCount = 16
    private static let sleepers: UInt64 = 0b01
    private static let kept: UInt64 = 0b10

    enum Acquisition: Sendable {
        case clean
        /// An owner died, and nobody has declared the guarded state whole since.
        case fromTheDead
    }

    /// What one wait for the lock remembers between its looks.
    struct Wait {
        /// Who has slept leaves the sleepers' mark behind: others may still sleep, and only one is woken at a time.
        fileprivate(set) var hasSlept = false
        fileprivate(set) var isLong = false
        /// Whether it is no mistake that the caller has the lock, because the wait ends all the same.
        let endsByItself: Bool
    }

    private let owner: SharedWideWord
    private let unrepaired: SharedWord

    /// The lock at an offset that is a multiple of 8.
    init(in mapping: Mapping, at offset: Int) {
        owner = mapping.wideWord(at: offset)
        unrepaired = mapping.word(at: offset + 8)
    }

    /// nil: somebody has it, possibly the calling thread. Takes also a lock that is kept for others.
    func tryAcquire() -> Acquisition? {
        let seen = owner.value
        guard Identity(bits: seen).isNobody else { return nil }
        return take(seen, .currentThread, 0) ? acquisition : nil
    }

    /// The same, and from a dead owner too; whether it lives costs some microseconds. For those who never wait: without
    /// them a lock whose owner died would stay held as long as nobody else waits for it.
    func tryAcquireFromAnybody() -> Acquisition? {
        if let acquisition = tryAcquire() { return acquisition }
        let seen = owner.value
        let holder = Identity(bits: seen)
        guard !holder.isNobody, holder != .currentThread, !holder.threadIsAlive else { return nil }
        return inherit(seen, .currentThread) ? .fromTheDead : nil
    }

    /// Waits on the calling thread; nil: timed out.
    @inline(__always)
    func acquire(until deadline: @autoclosure () -> Deadline = .never) -> Acquisition? {
        acquireAtOnce() ?? contend(until: deadline())
    }

    /// The way of an uncontended lock: one exchange. nil: it has to be looked at.
    @inline(__always)
    func acquireAtOnce() -> Acquisition? {
        owner.replace(0, by: Identity.currentThread.bits).exchanged ? acquisition : nil
    }

    @inline(never)
    private func contend(until deadline: Deadline) -> Acquisition? {
        var wait = Wait(endsByItself: deadline != .never)
        return Waiting.block(until: deadline) { look(&wait, checksLives: $0) }
    }

    func release() {
        let mine = Identity.currentThread.bits
        // Releases what was written under the lock. Compared, so that a copy of the owner in a forked child, which leaves
        // the same scope, does not release what its parent holds.
        if !owner.replace(mine, by: 0).exchanged { releaseMarked() }
    }

    @inline(never)
    private func releaseMarked() {
        while true {
            let seen = owner.value
            guard Identity(bits: seen) == .currentThread else { return }
            // Takes the sleepers' mark in the same step: who comes now and has to sleep sets it anew.
            guard owner.replace(seen, by: seen & Self.kept).exchanged else { continue }
            guard seen & Self.sleepers != 0 else { return }
            // All, if it is kept for one of them: who is to have it may sleep behind others who must not take it.
            return owner.lowHalf.wake(atMost: seen & Self.kept == 0 ? 1 : .max)
        }
    }

    /// Declares that what the lock guards is whole again. Only while holding it.
    func markRepaired() { unrepaired.store(0) }

    /// Whether the calling thread has it.
    var isHeldByCaller: Bool { Identity(bits: owner.value) == .currentThread }

    /// The number of the thread that died as owner last, while nobody has repaired; 0 when all is well.
    var deadOwner: Int32 { Int32(bitPattern: unrepaired.value) }

    /// One attempt; or what to sleep on. For waits that look at more than the lock and may not come back: it is not kept for
    /// them, or others would wait for one who has gone.
    func look() -> Look<Acquisition> {
        if let acquisition = tryAcquire() { return .done(acquisition) }
        var wait = Wait(endsByItself: true)
        wait.hasSlept = true
        return look(&wait, checksLives: false)
    }

    private var acquisition: Acquisition { unrepaired.value == 0 ? .clean : .fromTheDead }

    /// One attempt; or what to sleep on.
    ///
    /// The lock belongs to the calling thread: a task releases it before its next suspension, which is why there is no
    /// asynchronous form of `acquire`. Even the return from one could be on another thread.
    func look(_ wait: inout Wait, checksLives: Bool) -> Look<Acquisition> {
        let caller = Identity.currentThread
        // So long has it waited already.
        if checksLives { wait.isLong = true }
        while true {
            let seen = owner.value
            let holder = Identity(bits: seen)
            if holder.isNobody, wait.isLong || seen & Self.kept == 0 {
                if take(seen, caller, wait.hasSlept ? Self.sleepers : 0) { return .done(acquisition) }
                continue
            }
            if holder == caller, !wait.endsByItself { Self.trapOnItself() }
            if checksLives, !holder.threadIsAlive {
                guard inherit(seen, caller) else { continue }
                return .done(.fromTheDead)
            }
            let marked = seen | Self.sleepers | (wait.isLong ? Self.kept : 0)
            guard seen == marked || owner.replace(seen, by: marked).exchanged else { continue }
            wait.hasSlept = true
            return .sleep(on: owner.lowHalf, while: UInt32(truncatingIfNeeded: marked))
        }
    }

    /// Exactly one of those who see the owner dead wins. It may die before it has written that down: then it is a dead
    /// owner itself.
    private func inherit(_ seen: UInt64, _ caller: Identity) -> Bool {
        guard take(seen, caller, Self.sleepers) else { return false }
        unrepaired.store(UInt32(bitPattern: max(1, Identity(bits: seen).number)))
        return true
    }

    /// Those who sleep while it is kept for others have left their mark too.
    private func take(_ seen: UInt64, _ caller: Identity, _ mark: UInt64) -> Bool {
        owner.replace(seen, by: caller.bits | mark | (seen & Self.sleepers)).exchanged
    }

    /// Not a precondition: those say nothing in release builds.
    private static func trapOnItself() -> Never {
        fatalError(
            """
            this thread holds the shared lock already and would wait for itself for ever: use one withLock for both, a \
            SharedRecursiveMutex, or a timeout
            """)
    }
}
