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
/// Layout, 16 bytes: the owner (8; bit 0: somebody sleeps), the number of the thread that died as owner, until what the
/// lock guards is repaired (4; 0: it is whole), unused (4). All zero is a free lock.
struct OwnerLock: Sendable {
    static let byteCount = 16
    private static let sleepers: UInt64 = 1

    enum Acquisition: Sendable {
        case clean
        /// An owner died, and nobody has declared the guarded state whole since.
        case fromTheDead
    }

    private let owner: SharedWideWord
    private let unrepaired: SharedWord

    /// The lock at an offset that is a multiple of 8.
    init(in mapping: Mapping, at offset: Int) {
        owner = mapping.wideWord(at: offset)
        unrepaired = mapping.word(at: offset + 8)
    }

    /// nil: somebody has it, possibly the calling thread.
    func tryAcquire() -> Acquisition? {
        owner.replace(0, by: Identity.currentThread.bits).exchanged ? acquisition : nil
    }

    /// Waits on the calling thread; nil: timed out.
    func acquire(until deadline: Deadline = .never) -> Acquisition? {
        if let acquisition = tryAcquire() { return acquisition }
        return contend(until: deadline)
    }

    @inline(never)
    private func contend(until deadline: Deadline) -> Acquisition? {
        var hasSlept = false
        return Waiting.block(until: deadline) {
            look(&hasSlept, checksLives: $0, canWaitForItself: deadline != .never)
        }
    }

    func release() {
        let mine = Identity.currentThread.bits
        // Releases what was written under the lock. Compared, so that a copy of the owner in a forked child, which leaves
        // the same scope, does not release what its parent holds.
        if owner.replace(mine, by: 0).exchanged { return }
        releaseWithSleepers(mine)
    }

    @inline(never)
    private func releaseWithSleepers(_ mine: UInt64) {
        // Takes the sleepers' mark in the same step: who comes now and has to sleep sets it anew.
        if owner.replace(mine | Self.sleepers, by: 0).exchanged { owner.lowHalf.wake(atMost: 1) }
    }

    /// Declares that what the lock guards is whole again. Only while holding it.
    func markRepaired() { unrepaired.store(0) }

    /// Whether the calling thread has it.
    var isHeldByCaller: Bool { Identity(bits: owner.value) == .currentThread }

    /// The number of the thread that died as owner last, while nobody has repaired; 0 when all is well.
    var deadOwner: Int32 { Int32(bitPattern: unrepaired.value) }

    /// One attempt; or what to sleep on. For waits that look at more than the lock, and remember nothing.
    func look() -> Look<Acquisition> {
        var hasSlept = true
        return look(&hasSlept, checksLives: false, canWaitForItself: true)
    }

    private var acquisition: Acquisition { unrepaired.value == 0 ? .clean : .fromTheDead }

    /// One attempt; or what to sleep on.
    ///
    /// The lock belongs to the calling thread: a task releases it before its next suspension, which is why there is no
    /// asynchronous form of `acquire`. Even the return from one could be on another thread.
    /// - Parameters:
    ///   - hasSlept: Kept over the looks of one wait. Who has slept leaves the sleepers' mark behind: others may still
    ///     sleep, and only one is woken at a time.
    ///   - canWaitForItself: Whether it is no mistake that the caller has it, because the wait ends all the same.
    func look(_ hasSlept: inout Bool, checksLives: Bool, canWaitForItself: Bool) -> Look<Acquisition> {
        let caller = Identity.currentThread
        while true {
            let seen = owner.value
            let mine = caller.bits | (hasSlept ? Self.sleepers : 0)
            if seen == 0 {
                if owner.replace(0, by: mine).exchanged { return .done(acquisition) }
                continue
            }
            let holder = Identity(bits: seen)
            if holder == caller, !canWaitForItself { Self.trapOnItself() }
            if checksLives, !holder.threadIsAlive {
                // Exactly one of those who see it dead wins. It may die before it has set the mark: then it is a dead
                // owner itself.
                guard owner.replace(seen, by: caller.bits | Self.sleepers).exchanged else { continue }
                unrepaired.store(UInt32(bitPattern: max(1, holder.number)))
                return .done(.fromTheDead)
            }
            let marked = seen | Self.sleepers
            guard seen == marked || owner.replace(seen, by: marked).exchanged else { continue }
            hasSlept = true
            return .sleep(on: owner.lowHalf, while: UInt32(truncatingIfNeeded: marked))
        }
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
