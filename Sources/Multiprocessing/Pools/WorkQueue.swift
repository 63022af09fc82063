// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Items in the order of their arrival, which can also be taken out of the middle by the number they were given.
///
/// Taking out of the middle leaves a gap that is skipped later, so every operation is O(1) on average.
struct WorkQueue<Item> {
    private var items: [UInt64: Item] = [:]
    private var first: UInt64 = 0
    private var next: UInt64 = 0

    var isEmpty: Bool { items.isEmpty }

    /// Adds an item and answers its number.
    mutating func append(_ item: Item) -> UInt64 {
        defer { next += 1 }
        items[next] = item
        return next
    }

    mutating func popFirst() -> (UInt64, Item)? {
        while first < next {
            defer { first += 1 }
            if let item = items.removeValue(forKey: first) { return (first, item) }
        }
        return nil
    }

    mutating func remove(_ number: UInt64) -> Item? { items.removeValue(forKey: number) }

    /// Empties the queue; in order.
    mutating func removeAll() -> [Item] {
        var all: [Item] = []
        while let (_, item) = popFirst() { all.append(item) }
        return all
    }

    /// Empties the queue and answers the numbers, in order.
    mutating func removeAllNumbers() -> [UInt64] {
        var all: [UInt64] = []
        while let (number, _) = popFirst() { all.append(number) }
        return all
    }
}

extension WorkQueue: Sendable where Item: Sendable {}
