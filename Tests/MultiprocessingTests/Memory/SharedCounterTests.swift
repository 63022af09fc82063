// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

@Suite("A shared counter", .leavesNothingBehind)
struct SharedCounterTests {
    @Test("loses nothing when more threads than processors add to the same shards")
    func crowd() async throws {
        let counter = try SharedCounter(claimableShards: 0)
        let none = counter.claimShard() == nil
        #expect(none)
        let pool = try ThreadPool(workers: 6)
        _ = try await pool.map((0..<6).map { _ in AddingMuch(counter: counter, times: 400_000) })
        await pool.shutDown()
        #expect(counter.total == 2_400_000)
    }

    @Test("wraps around at the ends of its range")
    func wraps() throws {
        let counter = try SharedCounter()
        var shard = counter.claimShard()
        shard?.add(.max)
        counter.add(.max)
        counter.add(3)
        #expect(counter.total == 1)
    }
}

struct AddingMuch: Work {
    var counter: SharedCounter
    var times: Int
    func run() { for _ in 0..<times { counter.add() } }
}
