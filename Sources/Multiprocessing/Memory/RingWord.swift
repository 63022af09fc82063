// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How far one side of a ring has come, in one word that is read and written at once.
///
/// Bits 0 to 31: the position in units of 8 bytes; 32 to 62: the number of records; both count on for ever and wrap
/// around. Bit 63: no more will come (of the producers' word only).
@usableFromInline
struct RingWord: Equatable, Sendable {
    let bits: UInt64

    static let finished: UInt64 = 1 << 63
    /// More records than this are never in a ring, so that the wrapped counts can be subtracted.
    static let mostRecords = 1 << 30
    private static let countMask: UInt32 = 0x7fff_ffff

    init(_ bits: UInt64) { self.bits = bits }

    var position: UInt32 { UInt32(truncatingIfNeeded: bits) }
    var count: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) & Self.countMask }
    var isFinished: Bool { bits & Self.finished != 0 }

    /// The same after one more record.
    func advanced(units: UInt32) -> RingWord {
        let count = UInt64((count &+ 1) & Self.countMask)
        return RingWord(bits & Self.finished | count << 32 | UInt64(position &+ units))
    }

    /// How far it is ahead of the other side's word.
    func lead(over other: RingWord) -> (units: UInt32, records: UInt32) {
        (position &- other.position, (count &- other.count) & Self.countMask)
    }
}
