// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Values by small numbers that are used again: what a dictionary would do, without hashing.
struct IndexedTable<Value> {
    private var places: [Value?] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    subscript(_ index: Int) -> Value? {
        get { index < places.count ? places[index] : nil }
        _modify {
            while index >= places.count { places.append(nil) }
            let was = places[index] != nil
            defer { count += (places[index] != nil ? 1 : 0) - (was ? 1 : 0) }
            yield &places[index]
        }
    }

    mutating func removeValue(forKey index: Int) -> Value? {
        guard let value = self[index] else { return nil }
        self[index] = nil
        return value
    }

    /// The lowest number from 1 on that nothing has.
    var firstFree: Int { places.indices.dropFirst().first { places[$0] == nil } ?? max(1, places.count) }

    /// In order.
    var keys: [Int] { places.indices.filter { places[$0] != nil } }

    var values: [Value] { places.compactMap(\.self) }
}

extension IndexedTable: Sendable where Value: Sendable {}
