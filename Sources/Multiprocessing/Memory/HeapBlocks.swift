// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The blocks of a heap, one behind the other without a gap. Used with the heap's lock held.
///
/// Before each block lies its head, in units of 16 bytes: a word that holds the number of units, head included, and in bit 0
/// whether it is allocated; then 8 bytes that nobody reads. There is no other list, so a walk from the first head
/// over the sizes is the truth, and it is whole at every moment, because each change is one store:
/// - **split**: the head of the rest is written first, where no walk comes by; the store that makes the block smaller
///   and allocated shows it;
/// - **free**: the bit is cleared;
/// - **join**: the first of two free neighbours gets the size of both; the second's head becomes bytes within it.
struct HeapBlocks: Sendable {
    let mapping: Mapping
    /// Of the first head, in the mapping: a multiple of 16.
    let start: Int
    let units: Int

    init(mapping: Mapping, begin: Int, _ byteCount: Int) {
        self.mapping = mapping
        start = begin
        units = byteCount / 16
    }

    /// What a head says, checked.
    private struct Head {
        var units: Int
        var isAllocated: Bool

        var word: UInt64 { UInt64(units) << 1 | (isAllocated ? 1 : 0) }
    }

    /// All of it is one free block.
    func begin() { write(Head(units: units, isAllocated: false), at: 0) }

    private func write(_ head: Head, at unit: Int) { mapping.wideWord(at: start + unit * 16).store(head.word) }

    private func head(at unit: Int) throws(SharedHeapError) -> Head {
        // Read once: a peer may write it again at any time.
        let word = mapping.wideWord(at: start + unit * 16).value
        guard let size = Int(exactly: word >> 1), size >= 2, size <= units - unit else { throw .corrupted }
        return Head(units: size, isAllocated: word & 1 == 1)
    }

    /// Calls the body with each block, free neighbours joined, until it answers something.
    private func first<Result>(
        _ body: (_ unit: Int, Head) throws(SharedHeapError) -> Result?
    ) throws(SharedHeapError) -> Result? {
        var unit = 0
        while unit < units {
            var head = try head(at: unit)
            while !head.isAllocated, unit + head.units < units {
                let next = try self.head(at: unit + head.units)
                if next.isAllocated { break }
                head.units += next.units
                write(head, at: unit)
            }
            if let result = try body(unit, head) { return result }
            unit += head.units
        }
        return nil
    }

    func allocate(_ byteCount: Int) throws(SharedHeapError) -> SharedHeap.Block {
        guard byteCount >= 0 else { throw .invalidByteCount(byteCount) }
        // No sum that could overflow: whatever is larger than the heap does not fit.
        let needed = byteCount > units * 16 ? units + 1 : max(1, (byteCount + 15) / 16) + 1
        var largest = 0
        let found = try first { unit, head throws(SharedHeapError) -> Int? in
            if head.isAllocated { return nil }
            largest = max(largest, head.units)
            guard head.units >= needed else { return nil }
            take(needed, of: head, at: unit)
            return unit
        }
        guard let found else { throw .full(largest: max(0, largest - 1) * 16) }
        return SharedHeap.Block(offset: (found + 1) * 16, byteCount: byteCount)
    }

    private func take(_ needed: Int, of head: Head, at unit: Int) {
        // A rest that is too small for a block stays with this one.
        guard head.units - needed >= 2 else { return write(Head(units: head.units, isAllocated: true), at: unit) }
        write(Head(units: head.units - needed, isAllocated: false), at: unit + needed)
        write(Head(units: needed, isAllocated: true), at: unit)
    }

    func free(_ block: SharedHeap.Block) throws(SharedHeapError) {
        let wanted = block.offset / 16 - 1
        let wasFreed = try first { unit, head throws(SharedHeapError) -> Bool? in
            if unit < wanted { return nil }
            guard unit == wanted, block.offset % 16 == 0, head.isAllocated else { return false }
            write(Head(units: head.units, isAllocated: false), at: unit)
            return true
        }
        guard wasFreed == true else { throw .notAllocated(offset: block.offset) }
    }

    func largestFreeByteCount() throws(SharedHeapError) -> Int {
        var largest = 1
        let _: Never? = try first { _, head throws(SharedHeapError) -> Never? in
            if !head.isAllocated { largest = max(largest, head.units) }
            return nil
        }
        return (largest - 1) * 16
    }

    func contains(_ block: SharedHeap.Block) -> Bool {
        let byteCount = units * 16
        return block.offset >= 16 && block.byteCount >= 0 && block.offset <= byteCount
            && block.byteCount <= byteCount - block.offset
    }
}
