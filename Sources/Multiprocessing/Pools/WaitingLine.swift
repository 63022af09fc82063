// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What waits, the more urgent first, within each urgency in the order of arrival.
///
/// Something is taken out of the middle by skipping it later: the owner says what still waits.
struct WaitingLine: Sendable {
    private struct Lane: Sendable {
        var numbers: [UInt64] = []
        var first = 0

        mutating func popFirst() -> UInt64? {
            guard first < numbers.count else { return nil }
            defer {
                first += 1
                // What has been taken must not pile up.
                if first == numbers.count || first >= 1024 {
                    numbers.removeFirst(first)
                    first = 0
                }
            }
            return numbers[first]
        }
    }

    private var lanes = [Lane](repeating: Lane(), count: WorkPriority.allCases.count)
    /// Taken back before their turn, or sent before others: the next to go, the last one first.
    private var returned = [[UInt64]](repeating: [], count: WorkPriority.allCases.count)

    mutating func append(_ number: UInt64, _ priority: WorkPriority) { lanes[priority.rawValue].numbers.append(number) }

    /// Before all others of its priority.
    mutating func putBack(_ number: UInt64, _ priority: WorkPriority) { returned[priority.rawValue].append(number) }

    /// The next one that still waits.
    mutating func popFirst(where stillWaits: (UInt64) -> Bool) -> UInt64? {
        for priority in WorkPriority.allCases.reversed() {
            while let number = returned[priority.rawValue].popLast() { if stillWaits(number) { return number } }
            while let number = lanes[priority.rawValue].popFirst() { if stillWaits(number) { return number } }
        }
        return nil
    }
}
