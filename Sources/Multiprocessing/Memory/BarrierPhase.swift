// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Where a barrier stands: one 64-bit number, so that each change of it is one step.
///
/// Bit 0: somebody sleeps on the low half, or is about to; bits 1-2: the round's state; bits 3-31: the round's number;
/// bits 32-63: which of the last 32 rounds were passed, bit 32 the last one. A party that comes back late, when
/// others are rounds further, so still learns what became of its own.
struct BarrierPhase: Equatable {
    enum State: UInt64 { case filling, acting, broken }

    private static let sleepers: UInt64 = 1
    static let roundMask: UInt64 = 0x1fff_ffff

    var bits: UInt64

    var hasSleepers: Bool {
        get { bits & Self.sleepers != 0 }
        set { bits = newValue ? bits | Self.sleepers : bits & ~Self.sleepers }
    }

    var state: State {
        // The fourth pattern is a hostile peer's: nothing can be relied on any more.
        get { State(rawValue: bits >> 1 & 3) ?? .broken }
        set { bits = bits & ~6 | newValue.rawValue << 1 }
    }

    var round: UInt64 { bits >> 3 & Self.roundMask }

    /// Begins the next round.
    mutating func end(passed: Bool) {
        let history = (bits >> 32) << 1 | (passed ? 1 : 0)
        bits = history << 32 | ((round &+ 1) & Self.roundMask) << 3 | State.filling.rawValue << 1 | bits & Self.sleepers
    }

    /// Whether a round that has ended was passed. What is too long ago to be known counts as not passed.
    func hasPassed(_ past: UInt64) -> Bool {
        let distance = (round &- past) & Self.roundMask
        return distance >= 1 && distance <= 32 && bits >> (31 + distance) & 1 == 1
    }

    /// What the low half is like, for sleeping on it.
    var lowHalf: UInt32 { UInt32(truncatingIfNeeded: bits) }
}
