// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import LetterCounting
import Multiprocessing
import TestSupport
import Testing

@testable import lettercount

@Suite(.leavesNothingBehind) struct SharedTableUnitTests {
    private static func counts(_ text: String) -> LetterCounts { LetterCounter.count(Array(text.utf8)) }

    @Test func `a sharded table takes each document as a whole, and adds up all workers`() throws {
        let table = try ShardedTable(shards: 3)
        #expect(table.counts.total == 0)
        #expect(table.add(Self.counts("aab"), of: .init(index: 0, byteCount: 3), by: 71))
        #expect(table.add(Self.counts("b!"), of: .init(index: 4, byteCount: 2), by: 72))
        #expect(table.add(Self.counts("c"), of: .init(index: 5, byteCount: 1), by: 71))
        #expect(table.counts == Self.counts("aabbc"))
    }

    @Test func `it knows the last document of each worker, and no other`() throws {
        let table = try ShardedTable(shards: 2)
        #expect(table.lastEntry(withIndex: 0) == nil)
        _ = table.add(Self.counts("a"), of: .init(index: 0, byteCount: 9), by: 71)
        #expect(table.lastEntry(withIndex: 0) == .init(index: 0, byteCount: 9))
        _ = table.add(Self.counts("a"), of: .init(index: 1, byteCount: 8), by: 71)
        #expect(table.lastEntry(withIndex: 0) == nil)
        #expect(table.lastEntry(withIndex: 1) == .init(index: 1, byteCount: 8))
    }

    @Test func `when all shards belong to others it says so and counts nothing`() throws {
        let table = try ShardedTable(shards: 1)
        #expect(table.add(Self.counts("a"), of: .init(index: 0, byteCount: 1), by: 71))
        #expect(!table.add(Self.counts("b"), of: .init(index: 1, byteCount: 1), by: 72))
        #expect(table.counts == Self.counts("a"))
    }

    @Test func `a table that travelled is the same one`() throws {
        let table = try AtomicTable()
        table.add(Self.counts("abc"))
        #expect(table.counts == Self.counts("abc"))
        for table in [TableHandle.racing(try RacingTable()), .mutex(try MutexTable())] {
            switch table {
            case .racing(let table): table.increment(at: 3)
            case .mutex(let table): table.increment(at: 3)
            default: break
            }
            #expect(table.counts == Self.counts("d"))
        }
    }

    @Test func `the board shows who is doing what, and places that are given out are kept apart`() throws {
        let board = try WorkerBoard(places: 4)
        #expect(board.lines.isEmpty)
        let own = try #require(board.reporter(at: nil))
        own.report(.reading, of: 12)
        board.reporter(at: 3)?.report(.counting, of: 7)
        let lines = board.lines
        #expect(lines.map(\.place) == [0, 3])
        #expect(lines.map(\.phase) == [.reading, .counting] && lines.map(\.index) == [12, 7])
        #expect(lines[0].worker == Caller.identity && lines[1].worker == 0)
        #expect(lines.allSatisfy { $0.process == Caller.processIdentifier && $0.since > 0 })
        own.report(.idle, of: 12)
        #expect(board.lines[0].phase == .idle)
    }

    @Test func `the display has a line for each worker, cut to the terminal, and says how many have no place`() throws {
        let board = try WorkerBoard(places: 8)
        let names = NamesUnderway(isKept: true)
        names.begin(0, "http://example.com/\u{1b}[2J")
        for place in 0..<5 { board.reporter(at: place)?.report(place == 4 ? .idle : .reading, of: 0) }
        let since = board.lines[0].since
        let display = WorkerDisplay(board: board, names: names)
        let lines = display.lines(columns: 80, rows: 10, now: since + 1_500_000_000)
        #expect(lines.count == 5)
        #expect(lines[0] == "  1  task            reading      1.5 s  http://example.com/?[2J")
        #expect(lines[4] == "  5  task            idle")
        let few = display.lines(columns: 20, rows: 3, now: since)
        #expect(few.count == 3 && few[2] == "… and 3 more" && few.allSatisfy { $0.count < 20 })
        #expect(display.lines(columns: 80, rows: 0).isEmpty)
    }
}
