// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The shared state of a read-write lock, without its value.
///
/// A slot's state, from bit 0: readers (16 bits), waiting writers (12), those of them who have waited for long (12),
/// waiting readers of even and of odd phases (11 each), unused, the writer (bit 63). The table's own bytes: phase (4; how often a writer has released), the
/// number of the process that died as writer, until the value is repaired (4; 0: it is whole).
///
/// Neither side starves the other: a reader that comes while a writer waits waits too, and a writer lets in those who
/// were waiting when the writer before it released (they are of the phase before). Of writers, those who have waited for
/// long come first: one that writes in a loop would otherwise be faster than whoever has to be woken.
final class ReadWriteCore: Sendable {
    private static let phaseOffset = ParticipantTable.extraOffset
    private static let unrepairedOffset = ParticipantTable.extraOffset + 4

    private static let reader: UInt64 = 1
    private static let waitingWriter: UInt64 = 1 << 16
    private static let longWriter: UInt64 = 1 << 28
    private static let writer: UInt64 = 1 << 63
    private static let mostReaders: UInt64 = 0x7fff
    /// Of each kind that waits.
    private static let mostWaiting: UInt64 = 0x7ff
    private static func waitingReader(_ phase: UInt32) -> UInt64 { phase % 2 == 0 ? 1 << 40 : 1 << 51 }

    enum Mode: Sendable { case read, write }

    /// What a process has of the lock.
    struct Hold: Sendable {
        fileprivate let slot: ParticipantTable.Slot
        fileprivate let mode: Mode
        /// The process that died as writer; 0: the value is whole.
        let deadWriter: Int32
    }

    /// One wait.
    struct Attempt {
        fileprivate let mode: Mode
        fileprivate var gate = OwnerLock.Wait(endsByItself: true)
        fileprivate var isLong = false
        /// Where it is counted as waiting, as what, and since which phase.
        fileprivate var registration: (slot: ParticipantTable.Slot, unit: UInt64, phase: UInt32)?

        init(_ mode: Mode) { self.mode = mode }
    }

    private struct Totals {
        var readers: UInt64 = 0
        var writers: UInt64 = 0
        var waitingWriters: UInt64 = 0
        var longWriters: UInt64 = 0
        var readersOfEvenPhases: UInt64 = 0
        var readersOfOddPhases: UInt64 = 0

        mutating func add(_ state: UInt64) {
            readers &+= state & 0xffff
            waitingWriters &+= state >> 16 & 0xfff
            longWriters &+= state >> 28 & 0xfff
            readersOfEvenPhases &+= state >> 40 & 0x7ff
            readersOfOddPhases &+= state >> 51 & 0x7ff
            writers &+= state >> 63
        }

        /// Readers who have waited since before the phase began.
        func dueReaders(in phase: UInt32) -> UInt64 { phase % 2 == 0 ? readersOfOddPhases : readersOfEvenPhases }
    }

    let table: ParticipantTable
    private let phase: SharedWord
    private let unrepaired: SharedWord

    init(_ object: SharedObject) {
        table = ParticipantTable(object)
        phase = object.word(at: Self.phaseOffset)
        unrepaired = object.word(at: Self.unrepairedOffset)
    }

    // MARK: Taking

    /// Waits for nothing but the gate.
    /// - Parameter asLast: Whether writers who have waited for long come first.
    func tryTake(_ mode: Mode, asLast: Bool = false) -> Hold? {
        var attempt = Attempt(mode)
        attempt.isLong = !asLast
        if let hold = table.withGate({ take(&attempt) }) { return hold }
        let dead = table.findDeadNowAndThen()
        if dead.isEmpty { return nil }
        return table.withGate {
            reap(dead)
            return take(&attempt)
        }
    }

    /// Waits on the calling thread.
    func block(_ mode: Mode, _ timeout: Duration?) -> Waited<Hold> {
        if let hold = tryTake(mode, asLast: true) { return .done(hold) }
        var attempt = Attempt(mode)
        if let hold = Waiting.block(until: Deadline(after: timeout), { look(&attempt, checksLives: $0) }) {
            return .done(hold)
        }
        leave(attempt)
        return .timedOut
    }

    /// Waits without holding a thread.
    nonisolated(nonsending) func suspend(_ mode: Mode, _ timeout: Duration?) async -> Waited<Hold> {
        if let hold = tryTake(mode, asLast: true) { return .done(hold) }
        var attempt = Attempt(mode)
        let waited = await Waiting.suspend(until: Deadline(after: timeout), keeping: table.object) {
            look(&attempt, checksLives: $0)
        }
        if case .done = waited { return waited }
        leave(attempt)
        return waited
    }

    /// One look of a wait. Whoever leaves without a hold calls `leave`.
    func look(_ attempt: inout Attempt, checksLives: Bool) -> Look<Hold> {
        let seen = table.changes.mark()
        let dead = checksLives ? table.findDead() : []
        // So long has it waited already.
        if checksLives { attempt.isLong = true }
        // A variable of its own, because the gate has it for the whole look.
        var gate = attempt.gate
        defer { attempt.gate = gate }
        return table.look(&gate, checksLives: checksLives) {
            reap(dead)
            if let hold = take(&attempt) { return .done(hold) }
            register(&attempt)
            return .sleep(on: table.changes.word, while: seen)
        }
    }

    /// After a wait that ended without a hold.
    func leave(_ attempt: Attempt) {
        guard let (slot, unit, _) = attempt.registration, slot.isMine else { return }
        slot.state.add(0 &- unit)
        // Others waited for this one to have its turn.
        table.changes.announce()
    }

    /// Behind the gate.
    private func take(_ attempt: inout Attempt) -> Hold? {
        guard isFree(for: attempt), let slot = table.claim() else { return nil }
        let unit = attempt.mode == .read ? Self.reader : Self.writer
        if attempt.mode == .read, slot.state.value & 0xffff >= Self.mostReaders { return nil }
        // No longer waiting and holding, in one step.
        slot.state.add(unit &- (attempt.registration?.unit ?? 0))
        attempt.registration = nil
        return Hold(slot: slot, mode: attempt.mode, deadWriter: Int32(bitPattern: unrepaired.value))
    }

    private func isFree(for attempt: Attempt) -> Bool {
        var totals = Totals()
        table.forEachState { totals.add($0) }
        let now = phase.value
        if totals.writers > 0 { return false }
        switch attempt.mode {
        case .write:
            let isNext = attempt.isLong || totals.longWriters == 0
            return isNext && totals.readers == 0 && totals.dueReaders(in: now) == 0
        case .read:
            let isDue = attempt.registration.map { $0.phase != now } ?? false
            return isDue || totals.waitingWriters == 0
        }
    }

    /// Has it counted as waiting, once, and then as waiting for long, once. Behind the gate.
    private func register(_ attempt: inout Attempt) {
        if let (slot, unit, phase) = attempt.registration {
            guard attempt.isLong, unit == Self.waitingWriter, hasRoom(slot, Self.longWriter) else { return }
            slot.state.add(Self.longWriter)
            attempt.registration = (slot, Self.waitingWriter + Self.longWriter, phase)
            return
        }
        guard let slot = table.claim() else { return }
        let now = phase.value
        let unit = attempt.mode == .read ? Self.waitingReader(now) : Self.waitingWriter
        // Not counted where the count is full: it waits all the same, without a turn of its own.
        guard hasRoom(slot, unit) else { return }
        slot.state.add(unit)
        attempt.registration = (slot, unit, now)
    }

    private func hasRoom(_ slot: ParticipantTable.Slot, _ unit: UInt64) -> Bool {
        slot.state.value / unit & Self.mostWaiting < Self.mostWaiting
    }

    // MARK: Giving back

    func release(_ hold: Hold) {
        // In a forked child that leaves its parent's scope the hold is the parent's.
        guard hold.slot.isMine else { return }
        switch hold.mode {
        case .read: hold.slot.state.add(0 &- Self.reader)
        case .write:
            // The next phase first: who dies in between is a dead writer, and only its turn is over.
            phase.add(1)
            hold.slot.state.add(0 &- Self.writer)
        }
        table.changes.announce()
    }

    /// Declares the value whole again. Only with a hold for writing.
    func markRepaired() { unrepaired.store(0) }

    /// Behind the gate.
    private func reap(_ dead: [ParticipantTable.Dead]) {
        var hasReaped = false
        table.reap(dead) { one in
            hasReaped = true
            guard one.slot.state.value & Self.writer != 0 else { return }
            // Before its slot is emptied, so that nobody is let in without knowing.
            unrepaired.store(UInt32(bitPattern: max(1, one.identity.number)))
            phase.add(1)
        }
        if hasReaped { table.changes.announce() }
    }
}
