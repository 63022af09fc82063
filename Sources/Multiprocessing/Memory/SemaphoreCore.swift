// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The shared state of a semaphore.
///
/// What is available is the permits there are minus what the slots hold; where permits are kept, the slots are not used,
/// and the first number alone is what is available.
///
/// A slot's state, from bit 0: permits held (32 bits), those who have waited for long (32): a thread that gives back and
/// takes in a loop would otherwise be faster than whoever has to be woken, again and again.
///
/// Layout of the table's own bytes: permits (8), limit (8), policy (4; 1: permits of the dead return).
final class SemaphoreCore: Sendable {
    static let highestLimit = Int(Int32.max)
    private static let permitsOffset = ParticipantTable.extraOffset
    private static let limitOffset = ParticipantTable.extraOffset + 8
    private static let policyOffset = ParticipantTable.extraOffset + 16

    /// One wait.
    struct Attempt {
        fileprivate var gate = OwnerLock.Wait(endsByItself: true)
        fileprivate var isLong = false
        /// Where it is counted as having waited for long.
        fileprivate var registration: ParticipantTable.Slot?
    }

    /// Sums over the slots.
    private struct Totals {
        var held: UInt64 = 0
        var waitingLong: UInt64 = 0
    }

    private static let longWaiter: UInt64 = 1 << 32
    private static let heldMask: UInt64 = 0xffff_ffff

    let table: ParticipantTable
    let limit: Int
    let returnsPermits: Bool
    private let permits: SharedWideWord

    private init(_ object: SharedObject) {
        table = ParticipantTable(object)
        permits = object.wideWord(at: Self.permitsOffset)
        // These two never change, so what a peer writes there later is not looked at.
        limit = max(0, min(Self.highestLimit, Int(Int64(bitPattern: object.wideWord(at: Self.limitOffset).value))))
        returnsPermits = object.word(at: Self.policyOffset).value == 1
    }

    convenience init(permits: Int, limit: Int, returnsPermits: Bool) throws(SharedMemoryError) {
        let object = try SharedObject(.semaphore, payloadByteCount: ParticipantTable.byteCount)
        object.wideWord(at: Self.permitsOffset).store(UInt64(permits))
        object.wideWord(at: Self.limitOffset).store(UInt64(limit))
        object.word(at: Self.policyOffset).store(returnsPermits ? 1 : 0)
        self.init(object)
    }

    convenience init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        try self.init(
            SharedObject(adopting: descriptor, .semaphore, payloadByteCount: ParticipantTable.byteCount))
    }

    // MARK: Taking

    /// - Parameter asLast: Whether those who have waited for long come first.
    func tryTake(asLast: Bool = false) -> Bool {
        if !returnsPermits { return takeKept() != nil }
        var attempt = Attempt()
        attempt.isLong = !asLast
        if table.withGate({ take(&attempt) }) != nil { return true }
        let dead = table.findDeadNowAndThen()
        if dead.isEmpty { return false }
        return table.withGate {
            reap(dead)
            return take(&attempt) != nil
        }
    }

    /// For waits. Whoever leaves without a permit calls `leave`.
    func look(_ attempt: inout Attempt, checksLives: Bool) -> Look<Void> {
        let seen = table.changes.mark()
        if !returnsPermits { return granted(takeKept(), seen) }
        let dead = checksLives ? table.findDead() : []
        // So long has it waited already.
        if checksLives { attempt.isLong = true }
        // A variable of its own, because the gate has it for the whole look.
        var gate = attempt.gate
        defer { attempt.gate = gate }
        return table.look(&gate, checksLives: checksLives) {
            reap(dead)
            let rest = take(&attempt)
            if rest == nil, attempt.isLong { register(&attempt) }
            return granted(rest, seen)
        }
    }

    private func granted(_ rest: Int?, _ seen: UInt32) -> Look<Void> {
        guard let rest else { return .sleep(on: table.changes.word, while: seen) }
        // A release wakes as many as it gave permits, and takes the mark away; a second one that came before the first of
        // them had set the mark again woke nobody.
        if rest > 0 { table.changes.passOn() }
        return .done(())
    }

    /// After a wait that ended otherwise: it may have swallowed a wake-up.
    func leave(_ attempt: Attempt) {
        if let slot = attempt.registration, slot.isMine { slot.state.add(0 &- Self.longWaiter) }
        table.changes.passOn()
    }

    /// How many are left; nil when none was there for this one. Behind the gate.
    private func take(_ attempt: inout Attempt) -> Int? {
        let totals = totals
        let available = available(held: totals.held)
        let others = attempt.isLong ? 0 : Int(truncatingIfNeeded: totals.waitingLong)
        // Without a slot to be had, later: the waiter finds the dead, or somebody gives one back.
        guard available > others, let slot = table.claim() else { return nil }
        // Held and no longer waiting, in one step.
        slot.state.add(attempt.registration == nil ? 1 : 1 &- Self.longWaiter)
        attempt.registration = nil
        return available - 1
    }

    /// Has it counted as waiting for long, once. Behind the gate.
    private func register(_ attempt: inout Attempt) {
        guard attempt.registration == nil, let slot = table.claim() else { return }
        slot.state.add(Self.longWaiter)
        attempt.registration = slot
    }

    private func takeKept() -> Int? {
        while true {
            let seen = permits.value
            guard Int64(bitPattern: seen) > 0 else { return nil }
            if permits.replace(seen, by: seen &- 1).exchanged { return Int(truncatingIfNeeded: seen &- 1) }
        }
    }

    // MARK: Giving back

    /// False when there would be more than the limit; then nothing has changed.
    func give(_ count: Int) -> Bool {
        guard let sleepers = returnsPermits ? table.withGate({ giveToTable(count) }) : giveKept(count) else {
            return false
        }
        table.changes.announce(wakingAtMost: sleepers)
        return true
    }

    /// How many to wake. Behind the gate.
    private func giveToTable(_ count: Int) -> Int? {
        let totals = totals
        guard available(held: totals.held) <= limit - count else { return nil }
        let slot = table.claim()
        let own = min(UInt64(count), (slot?.state.value ?? 0) & Self.heldMask)
        // What this process does not hold is a signal, or was taken by another: it is added. First, for who is killed
        // in between has then released all of it.
        if own < count { permits.add(UInt64(count) - own) }
        if own > 0 { slot?.state.add(0 &- own) }
        // Who has waited for long may sleep behind others, who must not take it.
        return totals.waitingLong == 0 ? count : .max
    }

    /// Gives one back that this process holds, whatever others have released meanwhile.
    func giveBack() {
        if give(1) { return }
        // Somebody released more than was taken, so the semaphore is full without this one.
        guard returnsPermits else { return }
        table.withGate {
            guard let slot = table.claim(), slot.state.value & Self.heldMask > 0 else { return }
            permits.add(0 &- 1)
            slot.state.add(0 &- 1)
        }
    }

    private func giveKept(_ count: Int) -> Int? {
        while true {
            let seen = permits.value
            guard Int64(bitPattern: seen) <= Int64(limit - count) else { return nil }
            if permits.replace(seen, by: seen &+ UInt64(count)).exchanged { return count }
        }
    }

    // MARK: Counting

    var availableNow: Int {
        if !returnsPermits { return available(held: 0) }
        let dead = table.findDeadNowAndThen()
        return table.withGate {
            reap(dead)
            return available(held: totals.held)
        }
    }

    private var totals: Totals {
        var totals = Totals()
        table.forEachState { state in
            totals.held &+= state & Self.heldMask
            totals.waitingLong &+= state >> 32
        }
        return totals
    }

    private func available(held: UInt64) -> Int {
        // Out of bounds only if a peer wrote nonsense.
        max(0, min(limit, Int(truncatingIfNeeded: permits.value &- held)))
    }

    /// Behind the gate.
    private func reap(_ dead: [ParticipantTable.Dead]) {
        var hasReaped = false
        table.reap(dead) { one in
            hasReaped = true
            // What the dead took and another process released for it has returned already. The limit bounds that; lowered
            // first, so that who dies in between has only forestalled the next.
            let without = Int64(
                truncatingIfNeeded: permits.value &- (totals.held &- one.slot.state.value & Self.heldMask))
            if without > Int64(limit) { permits.add(UInt64(bitPattern: Int64(limit) &- without)) }
        }
        if hasReaped { table.changes.announce() }
    }
}
