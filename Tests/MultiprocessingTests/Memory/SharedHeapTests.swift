// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

@Suite("A shared heap", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct SharedHeapTests {
    @Test("over threads and processes", arguments: PoolContract.heap, ContractRun.all)
    func holds(_ contract: PoolContract, over run: ContractRun) async throws { try await contract.holds(over: run) }

    @Test("says how much could be had when it is full")
    func full() async throws {
        let heap = try SharedHeap(byteCount: 1_024)
        let all = try await heap.largestFreeByteCount()
        #expect(all >= 1_000)
        await #expect(throws: SharedHeapError.full(largest: all)) { try await heap.allocate(byteCount: all + 1) }
        await #expect(throws: SharedHeapError.full(largest: all)) { try await heap.allocate(byteCount: .max) }
        await #expect(throws: SharedHeapError.invalidByteCount(-1)) { try await heap.allocate(byteCount: -1) }
        let block = try await heap.allocate(byteCount: all)
        #expect(block.offset % 16 == 0)
        await #expect(throws: SharedHeapError.full(largest: 0)) { try await heap.allocate(byteCount: 0) }
        try await heap.free(block)
        #expect(try await heap.largestFreeByteCount() == all)
    }

    @Test("joins free neighbours, in whatever order they were freed", arguments: [[0, 1, 2], [2, 1, 0], [0, 2, 1]])
    func joining(_ order: [Int]) async throws {
        let heap = try SharedHeap(byteCount: 4_096)
        var blocks: [SharedHeap.Block] = []
        for _ in 0..<3 { blocks.append(try await heap.allocate(byteCount: 100)) }
        let rest = try await heap.allocate(byteCount: try await heap.largestFreeByteCount())
        for index in order { try await heap.free(blocks[index]) }
        // Three of 112 bytes and two of the heads between them.
        #expect(try await heap.largestFreeByteCount() == 3 * 112 + 2 * 16)
        try await heap.free(rest)
        #expect(try await heap.largestFreeByteCount() >= 4_080)
    }

    @Test("refuses to free what is not allocated")
    func freedTwice() async throws {
        let heap = try SharedHeap(byteCount: 1_024)
        let first = try await heap.allocate(byteCount: 10)
        let second = try await heap.allocate(byteCount: 10)
        try await heap.free(first)
        await #expect(throws: SharedHeapError.notAllocated(offset: first.offset)) { try await heap.free(first) }
        try await heap.free(second)
        await #expect(throws: SharedHeapError.notAllocated(offset: second.offset)) { try await heap.free(second) }
    }

    @Test("answers whatever is written over its numbers with an error")
    func overwritten() async throws {
        let heap = try SharedHeap(byteCount: 1_024)
        let block = try await heap.allocate(byteCount: 16)
        _ = try await heap.allocate(byteCount: 16)
        var random = SplitMix(state: 7)
        for _ in 0..<2_000 {
            let word = random.next() >> (random.next() % 64)
            // On purpose beyond the block: the next one's head lies there.
            unsafe heap.withUnsafeMutableBytes(of: block) { bytes in
                guard let end = bytes.baseAddress else { return }
                unsafe end.storeBytes(of: word, toByteOffset: 16, as: UInt64.self)
            }
            // Any answer but a trap: a random number may be a size.
            do { _ = try await heap.allocate(byteCount: 8) } catch SharedHeapError.corrupted, SharedHeapError.full {}
        }
    }

    @Test("is whole after a process was killed in the middle of it")
    func kills() async throws {
        let heap = try SharedHeap(byteCount: 1 << 20)
        let heart = try Heart()
        try await KillRounds().run(heart, killing: { round in HeapVictim(heap: heap, heart: heart, seed: round) }) {
            _ in
            let block = try await heap.allocate(byteCount: 64)
            try await heap.free(block)
        }
        // What the dead had is still taken, and no more: each holds at most one block at a time.
        let rest = try await heap.largestFreeByteCount()
        #expect(rest > 0)
    }
}

/// Takes a block and gives it back, for ever.
struct HeapVictim: Work {
    var heap: SharedHeap
    var heart: Heart
    var seed: Int

    func run() async throws {
        var random = SplitMix(state: UInt64(seed))
        while true {
            let block = try await heap.allocate(byteCount: Int(random.next() % 200))
            heart.beat()
            try await heap.free(block)
        }
    }
}
