// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What this process has learned about spinning at a ring: a short look before sleeping saves a sleep where the other
/// side is quick and has a processor of its own, and is a waste everywhere else.
struct RingHabits: ~Copyable, Sendable {
    private static let fewestTurns = 8
    private static let mostTurns = 64

    private let turns = Atomic(fewestTurns)
    /// How many waits to let pass before the next trial.
    private let pause = Atomic(0)
    private let failures = Atomic(0)

    /// Whether another processor could do meanwhile what is waited for. Looked up once.
    private static let hasOthers = Machine.current.usableProcessors > 1

    /// How often to look before sleeping.
    var spins: Int {
        guard Self.hasOthers else { return 0 }
        // Relaxed, here and below: nothing depends on these numbers but time.
        let rest = pause.load(ordering: .relaxed)
        if rest == 0 { return turns.load(ordering: .relaxed) }
        pause.store(rest - 1, ordering: .relaxed)
        return 0
    }

    /// More after it was of use; not at all, for twice as many waits each time, after it was not.
    func learn(hasHelped: Bool) {
        if hasHelped {
            turns.store(min(Self.mostTurns, turns.load(ordering: .relaxed) * 2), ordering: .relaxed)
            failures.store(0, ordering: .relaxed)
        } else {
            let failed = min(10, failures.load(ordering: .relaxed) + 1)
            failures.store(failed, ordering: .relaxed)
            turns.store(Self.fewestTurns, ordering: .relaxed)
            pause.store(1 << failed, ordering: .relaxed)
        }
    }
}
