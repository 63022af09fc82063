// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import Synchronization
import TestSupport
import Testing

/// What the articles say that their examples do.
@Suite(
    .leavesNothingBehind(after: {
        try? ForkServer.start()
        try? await withInterruptHandling {}
    }))
struct ArticleExampleTests {
    @Test func `the first work of getting started has its output`() async throws {
        var printed: [String] = []
        try await GettingStartedExample.one { printed.append("\($0)") }
        #expect(printed == ["28"])
    }

    @Test func `many works of getting started find the perfect numbers`() async throws {
        var printed: [String] = []
        try await GettingStartedExample.many { printed.append("\($0)") }
        #expect(printed == ["[6, 28, 496]"])
    }

    @Test func `the pool of getting started survives a crash and says what happened`() async throws {
        var printed: [String] = []
        try await GettingStartedExample.crash { printed.append("\($0)") }
        #expect(printed.count == 4)
        #expect(printed.contains("6: 6"))
        #expect(printed.contains("28: 28"))
        let report = try #require(printed.first { $0.hasPrefix("0: ") })
        #expect(report.contains("while it ran DivisorSum(number: 0); its last words:"))
        #expect(report.contains("Fatal error: 0 has no divisors"))
        #expect(printed.last == "496")
    }

    @Test func `a pool that is made too late for a fork is spawned`() async throws {
        let pool = try makeEarlyPool(workers: 1)
        #expect(pool.startMethod == .spawn)
        #expect(try await pool.run(Render(page: 3, resolution: 300)) == "page 3 at 300 dpi")
        await pool.shutDown()
    }

    @Test func `a spawned child answers`() async throws {
        var printed: [String] = []
        try await StartMethodExample.child { printed.append("\($0)") }
        #expect(printed == ["28"])
    }

    @Test func `a pool that draws has its name, and one that counts primes has its table`() async throws {
        defer { ForkServer.stop() }
        try await withTemporaryDirectory { folder in
            let pool = try makeDrawingPool(in: folder)
            #expect(try await pool.run(Render(page: 3, resolution: 300)) == "page 3 at 300 dpi")
            // One that has answered has its name.
            let names = pool.processIdentifiers.compactMap { try? TestFile.text("/proc/\($0)/comm") }
            #expect(names.contains("drawing\n"))
            await pool.shutDown()
        }
        let pool = try makeTablePool()
        #expect(try await pool.run(CountFromTable(range: 0..<1_000)) == 168)
        await pool.shutDown()
    }

    @Test func `workers count bytes into the same memory`() async throws {
        let counts = try await byteCounts(of: [[1, 2, 2], [2, 255]])
        #expect(counts.enumerated().filter { $0.element > 0 }.map(\.offset) == [1, 2, 255])
        #expect(counts[2] == 3)
    }

    @Test func `what a dead owner left is repaired`() async throws {
        let stock = try SharedMutex(Stock(ordered: 2, delivered: 0))
        try await withWorkerPool(.processes(1)) { pool in try await pool.run(Deliver(stock: stock)) }
        #expect(try await delivered(from: stock) == 1)
        let child = try ChildProcess.start(DieWithStock(stock: stock))
        #expect(throws: WorkFailure.self) { try child.wait().get() }
        #expect(try await delivered(from: stock) == 1)
        #expect(try await stock.withLock { $0.ordered } == 0)
    }

    @Test func `sealed memory is read by all workers`() async throws {
        #expect(try await checksums(of: [1, 2, 4, 8]) == [3, 12])
    }
}

extension ArticleExampleTests {
    @Test func `a death is counted and costs no other work`() async throws {
        try await withWorkerPool(.processes(2)) { pool in
            let (done, reports) = await countOutcomes(of: [1, 0, 2], in: pool)
            #expect(done == 2)
            #expect(reports.map(\.work) == ["DivisorSum(number: 0)"])
        }
    }

    @Test func `what works print is handed over with their names`() async throws {
        let lines = Mutex<[String]>([])
        #expect(try await countTagged([3, 4]) { line in lines.withLock { $0.append(line) } } == [6, 10])
        let found = lines.withLock { $0.sorted { $0.suffix(1) < $1.suffix(1) } }
        #expect(found.count == 2)
        for (line, number) in zip(found, [3, 4]) {
            #expect(line.hasSuffix(" output TalkativeSum(number: \(number))] adding up to \(number)"))
        }
    }

    @Test func `work whose process was killed is run a second time, and no third`() async throws {
        let attempts = try SharedAtomic(0)
        let pool = try ProcessPool(workers: 1)
        #expect(try await runTwiceIfNeeded(DieAtFirst(times: 1, attempts: attempts), in: pool) == 2)
        await #expect(throws: WorkFailure.self) {
            try await runTwiceIfNeeded(DieAtFirst(times: 9, attempts: attempts), in: pool)
        }
        await pool.shutDown()
        #expect(attempts[].load(ordering: .relaxed) == 4)
    }

    @Test func `an interruptible count counts`() async throws {
        #expect(try await countUnlessInterrupted(["one two", "", "three"]) == 3)
    }

    @Test func `a child that takes too long is killed`() async throws {
        #expect(try await output(of: DivisorSum(number: 6), within: .seconds(60)) == 6)
        do {
            try await output(of: NeverReady(), within: .milliseconds(20))
            Issue.record("it ended")
        } catch .died(let report) {
            #expect(report.status == .signaled(SIGKILL))
        }
    }

    @Test func `an error arrives as the value that was thrown`() async throws {
        let pool = try ProcessPool(workers: 1)
        #expect(try await factorial(of: 5, in: pool) == 120)
        #expect(try await factorial(of: 30, in: pool) == 2_432_902_008_176_640_000)
        await pool.shutDown()
    }

    @Test func `a table is made in the worker, and a format of one's own is used`() async throws {
        let pool = try ProcessPool(workers: 1)
        #expect(try await pool.run(CountKnownWords(text: ["one", "five", "two"])) == 2)
        #expect(try await pool.run(Shout(text: "hear")) == "HEAR")
        await pool.shutDown()
    }

    @Test func `messages and queues carry what was sent`() async throws {
        var printed: [String] = []
        #expect(try await watchSteps { printed.append("\($0)") } == 3)
        #expect(printed == ["step 1 of 3", "step 2 of 3", "step 3 of 3"])
        #expect(try await inBinary([1, 2, 5]) == ["1", "10", "101"])
        #expect(try await sumOfAll(0..<5_000) == 12_497_500)
        #expect(try await countLines(of: ["a", "b\nc\n", ""]) == 5)
    }

    @Test func `the first that is ready is received from`() async throws {
        let channels = [try Channel<String>(), try Channel<String>()]
        #expect(try await firstLine(of: channels.map(\.receiver), within: .zero) == nil)
        try channels[1].sender.trySend("here")
        #expect(try await firstLine(of: channels.map(\.receiver), within: .seconds(60)) == "here")
    }
}
