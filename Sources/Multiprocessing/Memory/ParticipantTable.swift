// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Which process holds what of an object: one slot of shared memory a process.
///
/// The object's state is nothing but the sum of its slots, so that a death needs no repair but one store of zero in the
/// dead one's slot. Rules:
/// 1. A slot whose state is zero is free, whoever's identity stands in it. So it is given back by the same step that
///    gives back the last thing held.
/// 2. Only the process itself raises its slot, and only behind the gate; whoever holds something may lower it at any time.
/// 3. Each change is one step of one word. Who is killed has made it or has not.
/// 4. The gate guards decisions ("is it free? then it is mine"), not memory: the next one needs to know nothing of a
///    death in it.
///
/// Layout: the gate (16), how many slots were ever used (4), the signal of changes (4), 40 bytes for the object,
/// then slots of 16 bytes: identity of the process (8), state (8), whose bits are the object's.
final class ParticipantTable: Sendable {
    static let capacity = 248
    /// For words of the object's own: 40 bytes.
    static let extraOffset = 24
    private static let slotsOffset = 64
    private static let slotByteCount = 16
    /// With the object's head one page.
    static let byteCount = slotsOffset + capacity * slotByteCount
    /// How long what a try has learnt about lives is good enough, and the first wait that looks at them.
    private static let lookInterval = Int64(5_000_000)

    struct Slot {
        let identity: SharedWideWord
        /// Wrapping arithmetic only: who maps it may write anything into it.
        let state: SharedWideWord

        var isMine: Bool { identity.value == Identity.currentProcess.bits }
    }

    /// A slot whose process has ended.
    struct Dead {
        let slot: Slot
        let identity: Identity
    }

    let object: SharedObject
    let changes: ChangeSignal
    private let gate: OwnerLock
    private let used: SharedWord
    private let nextLook = Atomic(Int64.min)

    init(_ object: SharedObject) {
        self.object = object
        gate = object.lock(at: 0)
        used = object.word(at: OwnerLock.byteCount)
        changes = ChangeSignal(word: object.word(at: OwnerLock.byteCount + 4))
    }

    private func slot(_ index: Int) -> Slot {
        let offset = Self.slotsOffset + index * Self.slotByteCount
        return Slot(identity: object.wideWord(at: offset), state: object.wideWord(at: offset + 8))
    }

    private var usedCount: Int { min(Self.capacity, Int(used.value)) }

    // MARK: Behind the gate

    /// For what never waits for anything but the gate, which nobody holds for longer than a look at the table.
    func withGate<Result>(_ body: () -> Result) -> Result {
        guard gate.acquire() != nil else { preconditionFailure("a wait without a deadline timed out") }
        defer { gate.release() }
        return body()
    }

    /// For looks, which do not block their thread even at the gate.
    func look<Result>(
        _ wait: inout OwnerLock.Wait, checksLives: Bool, _ body: () -> Look<Result>
    ) -> Look<Result> {
        switch gate.look(&wait, checksLives: checksLives) {
        case .sleep(let word, let value): return .sleep(on: word, while: value)
        case .done:
            defer { gate.release() }
            return body()
        }
    }

    /// This process's slot; nil when all are taken. Behind the gate.
    func claim() -> Slot? {
        let count = usedCount
        var free: Slot?
        for index in 0..<count {
            let slot = slot(index)
            if slot.isMine { return slot }
            if free == nil, slot.state.value == 0 { free = slot }
        }
        if free == nil, count < Self.capacity {
            used.store(UInt32(count + 1))
            free = slot(count)
        }
        free?.identity.store(Identity.currentProcess.bits)
        return free
    }

    /// Empties slots that were found dead, after `prepare` has noted what follows from it. Behind the gate, so that
    /// it happens once; whoever dies here leaves it to the next.
    func reap(_ dead: [Dead], _ prepare: (Dead) -> Void = { _ in }) {
        for one in dead where one.slot.identity.value == one.identity.bits && one.slot.state.value != 0 {
            prepare(one)
            one.slot.state.store(0)
        }
    }

    // MARK: Anywhere

    /// The states that are not zero. Behind the gate they can only fall meanwhile.
    func forEachState(_ body: (UInt64) -> Void) {
        for index in 0..<usedCount {
            let state = slot(index).state.value
            if state != 0 { body(state) }
        }
    }

    /// Whose processes have ended and who hold something. Costs system calls for each participant, so it is not done
    /// behind the gate: the dead stay dead, and their identities do not come again.
    func findDead() -> [Dead] {
        (0..<usedCount).compactMap { index in
            let slot = slot(index)
            let identity = Identity(bits: slot.identity.value)
            guard slot.state.value != 0, !slot.isMine, !identity.processIsAlive else { return nil }
            return Dead(slot: slot, identity: identity)
        }
    }

    /// The same for who does not wait: at most every 5 ms in a process, so that trying in a loop is no loop of
    /// system calls.
    func findDeadNowAndThen() -> [Dead] {
        let next = nextLook.load(ordering: .relaxed)
        let now = Deadline.now.nanoseconds
        guard now >= next,
            nextLook.compareExchange(
                expected: next, desired: now &+ Self.lookInterval, ordering: .relaxed
            ).exchanged
        else { return [] }
        return findDead()
    }
}
