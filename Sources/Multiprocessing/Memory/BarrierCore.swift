// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The shared state of a barrier.
///
/// A slot's state, from bit 0: how many of the process's handles have ever waited (16 bits): those make it a member, whose
/// death breaks the barrier; how many of its threads and tasks have arrived (16) in the round of this number (29). So
/// a round that ends by one step in the phase empties all counts at once, and a member's slot is not free between rounds.
///
/// The table's own bytes: phase (8), default timeout in nanoseconds (8; negative: none), parties (4).
final class BarrierCore: Sendable {
    static let mostParties = 0xffff
    private static let phaseOffset = ParticipantTable.extraOffset
    private static let timeoutOffset = ParticipantTable.extraOffset + 8
    private static let partiesOffset = ParticipantTable.extraOffset + 16

    /// One wait.
    struct Attempt {
        let hasAction: Bool
        fileprivate var gate = OwnerLock.Wait(endsByItself: true)
        fileprivate var arrival: Arrival?

        init(hasAction: Bool) { self.hasAction = hasAction }
    }

    struct Arrival {
        let round: UInt64
        let index: Int
    }

    /// How a wait ends.
    enum Outcome {
        case passed(index: Int)
        case broken
        /// All are there, and wait until the caller has acted.
        case acts(Arrival)
    }

    /// The parts of a slot's state.
    private struct Share {
        var handles: UInt64
        var arrived: UInt64
        var round: UInt64

        init(_ bits: UInt64) {
            handles = bits & 0xffff
            arrived = bits >> 16 & 0xffff
            round = bits >> 32 & BarrierPhase.roundMask
        }

        var bits: UInt64 { round << 32 | arrived << 16 | handles }

        func arrived(in round: UInt64) -> Int { self.round == round ? Int(arrived) : 0 }
    }

    let table: ParticipantTable
    let parties: Int
    let defaultTimeout: Duration?
    private let phaseWord: SharedWideWord
    /// Where this handle counts. In a forked child it is the parent's.
    private let membership = Mutex<ParticipantTable.Slot?>(nil)

    private init(_ object: SharedObject) {
        table = ParticipantTable(object)
        phaseWord = object.wideWord(at: Self.phaseOffset)
        // These two never change, so what a peer writes there later is not looked at.
        parties = min(Self.mostParties, max(1, Int(object.word(at: Self.partiesOffset).value)))
        let timeout = Int64(bitPattern: object.wideWord(at: Self.timeoutOffset).value)
        defaultTimeout = timeout < 0 ? nil : .nanoseconds(timeout)
    }

    convenience init(parties: Int, timeout: Duration?) throws(SharedMemoryError) {
        let object = try SharedObject(.barrier, payloadByteCount: ParticipantTable.byteCount)
        object.word(at: Self.partiesOffset).store(UInt32(parties))
        let nanoseconds = timeout.map { max(0, Deadline(after: $0).nanoseconds &- Deadline.now.nanoseconds) } ?? -1
        object.wideWord(at: Self.timeoutOffset).store(UInt64(bitPattern: nanoseconds))
        self.init(object)
    }

    convenience init(adopting descriptor: DescriptorHandle) throws(SharedMemoryError) {
        try self.init(SharedObject(adopting: descriptor, .barrier, payloadByteCount: ParticipantTable.byteCount))
    }

    /// Whoever lets go of its last handle is no member any more: its end is no death in the middle of something.
    deinit {
        membership.withLock { slot in
            guard let slot, slot.isMine else { return }
            // Its only handle may be the last user of the slot, which is free then.
            Self.change(slot) { $0.handles &-= min(1, $0.handles) }
        }
    }

    // MARK: The phase

    var phase: BarrierPhase { BarrierPhase(bits: phaseWord.value) }

    /// Changes the phase in one step and wakes all sleepers; false when `change` answers that there is nothing to change.
    @discardableResult
    private func changePhase(_ change: (inout BarrierPhase) -> Bool) -> Bool {
        while true {
            let seen = phase
            var new = seen
            guard change(&new) else { return false }
            new.hasSleepers = false
            guard phaseWord.replace(seen.bits, by: new.bits).exchanged else { continue }
            if seen.hasSleepers { phaseWord.lowHalf.wake() }
            return true
        }
    }

    /// Ends a round that all have reached; false when it is over already.
    private func pass(_ round: UInt64) -> Bool {
        changePhase { phase in
            guard phase.round == round, phase.state != .broken else { return false }
            phase.end(passed: true)
            return true
        }
    }

    /// Breaks the barrier in this round, if it still goes on.
    func breakRound(_ round: UInt64) {
        changePhase { phase in
            guard phase.round == round, phase.state != .broken else { return false }
            phase.state = .broken
            return true
        }
    }

    func abort() {
        changePhase { phase in
            guard phase.state != .broken else { return false }
            phase.state = .broken
            return true
        }
    }

    /// Those who wait find their round ended and not passed; the dead are members no more.
    func reset() {
        let dead = table.findDead()
        table.withGate {
            table.reap(dead)
            changePhase { phase in
                phase.end(passed: false)
                return true
            }
        }
    }

    /// What to sleep on until the phase changes; nil when it has already.
    private func sleep<Result>(on seen: BarrierPhase) -> Look<Result>? {
        var marked = seen
        marked.hasSleepers = true
        guard seen == marked || phaseWord.replace(seen.bits, by: marked.bits).exchanged else { return nil }
        return .sleep(on: phaseWord.lowHalf, while: marked.lowHalf)
    }

    // MARK: Waiting

    /// For waits. Whoever leaves without an outcome calls `leave`.
    func look(_ attempt: inout Attempt, checksLives: Bool) -> Look<Outcome> {
        if checksLives, !table.findDead().isEmpty { breakRound(attempt.arrival?.round ?? phase.round) }
        if let arrival = attempt.arrival { return look(arrival) }
        // A variable of its own, because the gate has it for the whole look.
        var gate = attempt.gate
        defer { attempt.gate = gate }
        return table.look(&gate, checksLives: checksLives) { arrive(&attempt) }
    }

    /// For who has arrived.
    private func look(_ arrival: Arrival) -> Look<Outcome> {
        while true {
            let seen = phase
            if seen.round != arrival.round {
                return .done(seen.hasPassed(arrival.round) ? .passed(index: arrival.index) : .broken)
            }
            if seen.state == .broken { return .done(.broken) }
            if let sleep = sleep(on: seen) as Look<Outcome>? { return sleep }
        }
    }

    /// Behind the gate.
    private func arrive(_ attempt: inout Attempt) -> Look<Outcome> {
        while true {
            let seen = phase
            if seen.state == .broken { return .done(.broken) }
            let count = arrived(in: seen.round)
            // A round that is full has not ended yet; or there is no slot to be had.
            guard seen.state == .filling, count < parties, let slot = table.claim() else {
                if let sleep = sleep(on: seen) as Look<Outcome>? { return sleep }
                continue
            }
            enter(slot, seen.round)
            let arrival = Arrival(round: seen.round, index: count)
            attempt.arrival = arrival
            return count + 1 < parties ? look(arrival) : .done(complete(arrival, acts: attempt.hasAction))
        }
    }

    /// Counts the caller, and this handle once, in one step. Behind the gate.
    private func enter(_ slot: ParticipantTable.Slot, _ round: UInt64) {
        membership.withLock { membership in
            let isNew = !(membership?.isMine ?? false)
            var isCounted = false
            Self.change(slot) { share in
                share.arrived = UInt64(share.arrived(in: round) + 1)
                share.round = round
                isCounted = isNew && share.handles < 0xffff
                if isCounted { share.handles += 1 }
            }
            if isCounted { membership = slot }
        }
    }

    /// The last one's part. Behind the gate. Who dies before this step is a dead member, so the others go on.
    private func complete(_ arrival: Arrival, acts: Bool) -> Outcome {
        if !acts { return pass(arrival.round) ? .passed(index: arrival.index) : .broken }
        let begins = changePhase { phase in
            guard phase.round == arrival.round, phase.state == .filling else { return false }
            phase.state = .acting
            return true
        }
        return begins ? .acts(arrival) : .broken
    }

    /// After the action.
    func hasActed(_ arrival: Arrival) -> Outcome { pass(arrival.round) ? .passed(index: arrival.index) : .broken }

    /// After a wait that ended without an outcome: nobody can pass any more. Answers the outcome if the round's end was
    /// faster.
    func leave(_ attempt: Attempt) -> Outcome? {
        guard let arrival = attempt.arrival else {
            // One party will be missing; but a round that is full does not need it.
            if phase.state == .filling { breakRound(phase.round) }
            return nil
        }
        breakRound(arrival.round)
        let now = phase
        return now.round != arrival.round && now.hasPassed(arrival.round) ? .passed(index: arrival.index) : nil
    }

    // MARK: Counting

    /// How many wait in the round that goes on.
    var waitingCount: Int {
        while true {
            let seen = phase
            let count = seen.state == .broken ? 0 : arrived(in: seen.round)
            if phase.round == seen.round { return min(count, parties) }
        }
    }

    private func arrived(in round: UInt64) -> Int {
        var sum = 0
        table.forEachState { sum += Share($0).arrived(in: round) }
        return sum
    }

    /// Changes a slot in one step; the handles of other threads may leave it at the same time.
    private static func change(_ slot: ParticipantTable.Slot, _ change: (inout Share) -> Void) {
        while true {
            let seen = slot.state.value
            var share = Share(seen)
            change(&share)
            // Who is no member does not keep a slot because it once arrived in it; rounds go on without it.
            let new = share.handles == 0 ? 0 : share.bits
            if slot.state.replace(seen, by: new).exchanged { return }
        }
    }
}
