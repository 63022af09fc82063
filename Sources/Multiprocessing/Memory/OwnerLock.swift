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
/// Layout, 16 bytes: the owner (8; bit 0: somebody sleeps), whether what it guards has not been repaired since an owner
/// died (4), unused (4). All zero is a free lock.
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
        var hasSlept = false
        return Waiting.block(until: deadline) { look(&hasSlept, checksLives: $0, canWaitForItself: deadline != .never) }
    }

    /// Waits without holding a thread. The task has the lock on its present thread: it must release it before it
    /// suspends again.
    func acquire(
        until deadline: Deadline = .never, keeping mapping: Mapping, isolation: isolated (any Actor)? = #isolation
    ) async -> Waited<Acquisition> {
        if let acquisition = tryAcquire() { return .done(acquisition) }
        var hasSlept = false
        return await Waiting.suspend(until: deadline, keeping: mapping) {
            look(&hasSlept, checksLives: $0, canWaitForItself: deadline != .never)
        }
    }

    func release() {
        // Releases what was written under the lock, and takes the sleepers' mark in the same step.
        if owner.exchange(0) & Self.sleepers != 0 { owner.lowHalf.wake(atMost: 1) }
    }

    /// Declares that what the lock guards is whole again. Only while holding it.
    func markRepaired() { unrepaired.store(0) }

    /// Whether the calling thread has it.
    var isHeldByCaller: Bool { Identity(bits: owner.value) == .currentThread }

    /// One attempt; or what to sleep on. For waits that look at more than the lock.
    func look() -> Look<Acquisition> {
        var hasSlept = true
        return look(&hasSlept, checksLives: false, canWaitForItself: true)
    }

    private var acquisition: Acquisition { unrepaired.value == 0 ? .clean : .fromTheDead }

    /// - Parameter hasSlept: Who has slept leaves the sleepers' mark behind: others may still sleep, and only one is
    ///   woken at a time.
    private func look(
        _ hasSlept: inout Bool, checksLives: Bool, canWaitForItself: Bool
    ) -> Look<Acquisition> {
        let caller = Identity.currentThread
        while true {
            let seen = owner.value
            let mine = caller.bits | (hasSlept ? Self.sleepers : 0)
            if seen == 0 {
                if owner.replace(0, by: mine).exchanged { return .done(acquisition) }
                continue
            }
            let holder = Identity(bits: seen)
            precondition(holder != caller || canWaitForItself, "this thread would wait for a lock that it holds itself")
            if checksLives, !holder.threadIsAlive {
                // Exactly one of those who see it dead wins. It may die before it has set the mark: then it is a dead
                // owner itself.
                guard owner.replace(seen, by: caller.bits | Self.sleepers).exchanged else { continue }
                unrepaired.store(1)
                return .done(.fromTheDead)
            }
            let marked = seen | Self.sleepers
            guard seen == marked || owner.replace(seen, by: marked).exchanged else { continue }
            hasSlept = true
            return .sleep(on: owner.lowHalf, while: UInt32(truncatingIfNeeded: marked))
        }
    }
}
