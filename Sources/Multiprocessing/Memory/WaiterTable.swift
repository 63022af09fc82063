// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Who waits for a condition: a table of slots in shared memory, first come first served.
///
/// Layout of the payload: the gate, an `OwnerLock` (16); the next ticket (8); how many slots are looked at (4: all behind
/// them are free); a word that changes when a slot gets free while all were taken (4); at 64 the slots, of 64 bytes each
/// so that no two share a cache line: state (4; slept on), unused (4), the waiter's process (8), ticket (8), horizon (8:
/// the first ticket that came after the notification), heir (8: the ticket to which a dead waiter's notification is
/// being passed on), unused (24).
///
/// Who holds the gate may take a free slot, notify a waiting one, and clear away the dead. A waiter leaves its own slot
/// without the gate, by one exchange, so that leaving never waits; this is why notifying compares and exchanges.
struct WaiterTable: Sendable {
    static let capacity = 254
    static let byteCount = firstSlot + capacity * slotByteCount
    private static let firstSlot = 64
    private static let slotByteCount = 64

    /// What a slot's state says.
    private enum State {
        static let free: UInt32 = 0
        static let waiting: UInt32 = 1
        static let notified: UInt32 = 2
        /// Notified, and its waiter has left without making use of it: somebody else is to have the notification.
        static let orphaned: UInt32 = 3
    }

    /// A place among those who wait.
    struct Ticket {
        fileprivate let index: Int
    }

    private let object: SharedObject
    private let gate: OwnerLock

    init(in object: SharedObject) {
        self.object = object
        gate = object.lock(at: 0)
    }

    private var nextTicket: SharedWideWord { object.wideWord(at: 16) }
    private var used: SharedWord { object.word(at: 24) }
    private var room: SharedWord { object.word(at: 28) }

    /// The slots that may be in use. Clamped: what is read from shared memory is only believed within bounds.
    private var usedSlots: Range<Int> { 0..<min(Self.capacity, Int(used.value)) }

    // MARK: The waiter's side

    enum Joined {
        case joined(Ticket)
        /// Try again when this word is not as it was.
        case later(on: SharedWord, while: UInt32)
    }

    /// Takes a place at the end. Never waits. Only with the mutex held that the condition belongs to: whoever changes
    /// the value afterwards and notifies so finds this place taken.
    func join(checksLives: Bool) -> Joined {
        if !openGateIfFree(checksLives: checksLives) {
            switch gate.look() {
            case .sleep(let word, let value): return .later(on: word, while: value)
            case .done(let acquisition): if acquisition == .fromTheDead { repair() }
            }
        }
        defer { closeGate() }
        // Read before the search: a slot that gets free after it changes the word.
        let seenRoom = room.value
        guard let index = freeSlot() ?? reapedSlot() else { return .later(on: room, while: seenRoom) }
        return .joined(occupy(index))
    }

    /// With the gate held.
    private func occupy(_ index: Int) -> Ticket {
        let number = nextTicket.add(1)
        processOf(index).store(Identity.currentProcess.bits)
        ticketOf(index).store(number)
        heirOf(index).store(0)
        if index >= usedSlots.upperBound { used.store(UInt32(index + 1)) }
        // Last: until here the slot is free, whenever this process dies.
        stateOf(index).store(State.waiting)
        return Ticket(index: index)
    }

    func isNotified(_ ticket: Ticket) -> Bool { stateOf(ticket.index).value != State.waiting }

    /// What to sleep on until a notification comes.
    func sleep<Result>(_ ticket: Ticket) -> Look<Result> {
        .sleep(on: stateOf(ticket.index), while: State.waiting)
    }

    /// Gives the place back, and with it a notification that may have come: the caller has made use of it.
    func leave(_ ticket: Ticket) {
        _ = stateOf(ticket.index).exchange(State.free)
        announceRoom()
    }

    /// Gives the place back without making use of a notification: one that has come goes to the next who waited then.
    func abandon(_ ticket: Ticket) {
        let state = stateOf(ticket.index)
        if state.replace(State.waiting, by: State.free) { return announceRoom() }
        state.store(State.orphaned)
        // If the gate is closed just now, those who wait find it at their next look, within 100 ms.
        guard openGateIfFree(checksLives: false) else { return }
        let woken = passOn(from: ticket.index)
        closeGate()
        woken?.wake(atMost: 1)
    }

    /// Passes on what the dead were notified of and cannot use any more. For the looks of those who wait.
    func passOnFromTheDead() {
        // Judged without the gate, since it costs system calls. Only slots that have been notified matter: there are
        // few, and not for long.
        let found = usedSlots.filter(isWithoutWaiter)
        guard !found.isEmpty, openGateIfFree(checksLives: true) else { return }
        let woken = found.filter(isWithoutWaiter).compactMap(passOn)
        closeGate()
        for word in woken { word.wake(atMost: 1) }
    }

    // MARK: The notifier's side

    /// Notifies those who have waited longest.
    func notify(atMost count: Int) {
        // Whoever joined under the mutex before the caller had it is seen here without the gate.
        guard count > 0, used.value > 0 else { return }
        openGate()
        let horizon = nextTicket.value &+ 1
        var woken: [SharedWord] = []
        for index in waitingSlots(before: .max) {
            if woken.count == count { break }
            if notify(index, horizon) { woken.append(stateOf(index)) }
        }
        closeGate()
        // After the gate, or the woken would find it closed.
        for word in woken { word.wake(atMost: 1) }
    }

    /// How many wait and have not been notified. A snapshot; those who died waiting count until their slots are needed.
    var waiterCount: Int { usedSlots.count { stateOf($0).value == State.waiting } }

    // MARK: With the gate held

    /// False if the waiter has left in this moment.
    private func notify(_ index: Int, _ horizon: UInt64) -> Bool {
        // The horizon first: from the exchange on the waiter may die, and then it is read.
        horizonOf(index).store(horizon)
        return stateOf(index).replace(State.waiting, by: State.notified)
    }

    /// By age.
    private func waitingSlots(before horizon: UInt64) -> [Int] {
        usedSlots.filter { stateOf($0).value == State.waiting && ticketOf($0).value < horizon }
            .sorted { ticketOf($0).value < ticketOf($1).value }
    }

    /// Has a notification go to the one who has waited longest among those who waited when it was given; if nobody is
    /// left, it is over. The word to wake.
    ///
    /// Whoever dies in here has died with the gate held, and whoever opens it next comes here first (see `repair`). The
    /// heir is written down before it is notified, so that a second one is not notified then.
    private func passOn(from index: Int) -> SharedWord? {
        defer { stateOf(index).store(State.free) }
        if hasBeenPassedOn(from: index) { return nil }
        let horizon = horizonOf(index).value
        for heir in waitingSlots(before: horizon) {
            // Or it would take one look of somebody else for each of the dead.
            guard processIsAlive(heir) else {
                stateOf(heir).store(State.free)
                continue
            }
            heirOf(index).store(ticketOf(heir).value)
            if notify(heir, horizon) { return stateOf(heir) }
        }
        return nil
    }

    private func hasBeenPassedOn(from index: Int) -> Bool {
        let heir = heirOf(index).value
        return heir != 0
            && usedSlots.contains { ticketOf($0).value == heir && stateOf($0).value >= State.notified && $0 != index }
    }

    private func freeSlot() -> Int? {
        let used = usedSlots
        return used.first { stateOf($0).value == State.free }
            ?? (used.upperBound < Self.capacity ? used.upperBound : nil)
    }

    /// When all are taken: one of a dead waiter. One that was notified is kept for `passOnFromTheDead`.
    private func reapedSlot() -> Int? {
        let found = usedSlots.first { stateOf($0).value == State.waiting && !processIsAlive($0) }
        if let found { stateOf(found).store(State.free) }
        return found
    }

    private func openGate() {
        if gate.acquire() == .fromTheDead { repair() }
    }

    /// Never waits, and so does not have the gate kept for it.
    private func openGateIfFree(checksLives: Bool) -> Bool {
        guard let acquisition = checksLives ? gate.tryAcquireFromAnybody() : gate.tryAcquire() else { return false }
        if acquisition == .fromTheDead { repair() }
        return true
    }

    /// The table is whole after every single store. Only a notification may be half way from the dead to their heir.
    private func repair() {
        for index in usedSlots where heirOf(index).value != 0 && isWithoutWaiter(index) {
            passOn(from: index)?.wake(atMost: 1)
        }
        gate.markRepaired()
    }

    private func closeGate() {
        // Trims what is looked at.
        let last = usedSlots.last { stateOf($0).value != State.free }
        used.store(UInt32((last ?? -1) + 1))
        gate.release()
    }

    // MARK: Slots

    private func announceRoom() {
        room.add(1)
        if usedSlots.upperBound == Self.capacity { room.wake() }
    }

    private func isWithoutWaiter(_ index: Int) -> Bool {
        switch stateOf(index).value {
        case State.orphaned: true
        case State.notified: !processIsAlive(index)
        default: false
        }
    }

    private func processIsAlive(_ index: Int) -> Bool { Identity(bits: processOf(index).value).processIsAlive }

    private func offset(_ index: Int) -> Int { Self.firstSlot + index * Self.slotByteCount }
    private func stateOf(_ index: Int) -> SharedWord { object.word(at: offset(index)) }
    private func processOf(_ index: Int) -> SharedWideWord { object.wideWord(at: offset(index) + 8) }
    private func ticketOf(_ index: Int) -> SharedWideWord { object.wideWord(at: offset(index) + 16) }
    private func horizonOf(_ index: Int) -> SharedWideWord { object.wideWord(at: offset(index) + 24) }
    private func heirOf(_ index: Int) -> SharedWideWord { object.wideWord(at: offset(index) + 32) }
}
