// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Multiprocessing

@Suite("What a pool of processes decides about its flow")
struct ProcessPoolFlowTests {
    typealias Machine = ProcessPoolStateMachine
    typealias Piece = Machine.Piece

    @Test("the more urgent piece goes first, also before those that came back")
    func priorities() throws {
        var pool = TestedPool(workers: 1)
        for _ in 0..<2 { _ = pool.submit() }
        let low = try pool.submitted(Piece(priority: .low))
        let normal = try pool.submitted()
        let high = try pool.submitted(Piece(priority: .high))
        _ = pool.actions()
        var order: [Machine.WorkID] = []
        for _ in 0..<3 {
            _ = pool.answer(1)
            for case .send(let work, _, _) in pool.actions() { order.append(work) }
        }
        #expect(order == [high, normal, low])
    }

    @Test("rule 6: a worker without work gets the later half of what another was sent ahead")
    func sharing() throws {
        var pool = TestedPool(workers: 2)
        pool.machine.noteRun(1_000)
        let works = try (0..<6).map { _ in try pool.submitted() }
        _ = pool.actions()
        // Worker 2 has the first, third and fifth of them; worker 1 answers all of its own.
        for _ in 0..<3 { _ = pool.answer(1) }
        #expect(pool.machine.wantsSharing)
        pool.share()
        let found1 = pool.actions()
        #expect(found1 == [.send(works[4], to: 1, tag: 4)])
        // The worker passes what it was sent and what was taken back.
        _ = pool.answer(2)
        _ = pool.answer(2)
        let passed = pool.pass(2)
        #expect(passed == .nothing)
        #expect(pool.machine.surplus == 0)
    }

    @Test("a piece with descriptors goes to a worker that has nothing else")
    func descriptors() throws {
        var pool = TestedPool(workers: 1)
        _ = pool.submit()
        _ = pool.submit(Piece(needsIdleWorker: true))
        let count1 = pool.actions().count
        #expect(count1 == 1)
        _ = pool.answer(1)
        let count2 = pool.actions().count
        #expect(count2 == 1)
    }

    @Test("a piece that gave its descriptors away fails with its worker, begun or not")
    func lostDescriptors() throws {
        var pool = TestedPool(workers: 1)
        let work = try pool.submitted(Piece(needsIdleWorker: true))
        _ = pool.actions()
        pool.vanish(1)
        let ended = pool.actions()
        #expect(ended == [.fail(work, .died), .startWorker])
    }

    @Test("a piece that waits is taken back at once; one that runs is called away, then killed after the grace")
    func cancelling() throws {
        var pool = TestedPool(workers: 1)
        let works = try (0..<3).map { _ in try pool.submitted() }
        _ = pool.actions()
        pool.begun = [pool.tag(1)]
        pool.cancel(works[2])
        let found2 = pool.actions()
        #expect(found2 == [.fail(works[2], .cancelled)])
        pool.cancel(works[2])
        let found3 = pool.actions()
        #expect(found3 == [])
        pool.cancel(works[0])
        // What was sent ahead behind it waits for another worker.
        let found4 = pool.actions()
        #expect(found4 == [.callAway(1, tag: 1)])
        #expect(pool.machine.waitingCount == 1)
        #expect(pool.machine.nextAlarm == 101)
        pool.tick(101)
        let found5 = pool.actions()
        #expect(found5 == [.kill(1)])
        pool.crash(1)
        let found6 = pool.actions()
        #expect(found6 == [.fail(works[0], .cancelled), .startWorker])
        pool.machine.workerStarted(2, at: pool.now)
        let found7 = pool.actions()
        #expect(found7 == [.send(works[1], to: 2, tag: 1)])
    }

    @Test("rule 7: a piece that runs too long fails, whether it ends within the grace or not")
    func deadline() throws {
        var pool = TestedPool(workers: 1)
        let first = try pool.submitted(Piece(timeLimit: 10))
        _ = pool.actions()
        #expect(pool.machine.nextAlarm == 11)
        pool.tick(11)
        let found8 = pool.actions()
        #expect(found8 == [.callAway(1, tag: 1)])
        let late = pool.answer(1)
        #expect(late == .overdue(first, .deadlineExceeded))
        let second = try pool.submitted(Piece(timeLimit: 10))
        pool.tick(22)
        pool.tick(122)
        let found9 = pool.actions()
        #expect(found9.suffix(2) == [.callAway(1, tag: 2), .kill(1)])
        pool.crash(1)
        let found10 = pool.actions()
        #expect(found10 == [.fail(second, .deadlineExceeded), .startWorker])
    }

    @Test("the limit of a piece begins with its run, not with its sending")
    func slowBeginning() throws {
        var pool = TestedPool(workers: 1)
        _ = try pool.submitted(Piece(timeLimit: 10))
        _ = pool.actions()
        pool.beginning = nil
        pool.tick(11)
        #expect(pool.machine.nextAlarm == 21)
        pool.beginning = 15
        pool.tick(21)
        #expect(pool.machine.nextAlarm == 25)
        pool.tick(25)
        let due = pool.actions()
        #expect(due == [.callAway(1, tag: 1)])
    }

    @Test("the limit of a piece that was sent ahead begins when it is the first")
    func deadlineOfTheNext() throws {
        var pool = TestedPool(workers: 1)
        _ = pool.submit()
        _ = pool.submit(Piece(timeLimit: 10))
        #expect(pool.machine.nextAlarm == nil)
        pool.now = 1_000
        _ = pool.answer(1)
        #expect(pool.machine.nextAlarm == 1_010)
    }

    @Test("a piece that may be repeated is tried so often, then quarantined; its last worker's end is the reason")
    func quarantine() throws {
        var pool = TestedPool(workers: 1)
        let work = try pool.submitted(Piece(mayRepeat: true))
        for worker in 1...2 {
            _ = pool.actions()
            pool.crash(worker)
            let found11 = pool.actions()
            #expect(found11 == [.startWorker])
            pool.machine.workerStarted(worker + 1, at: pool.now)
        }
        _ = pool.actions()
        pool.crash(3)
        let found12 = pool.actions()
        #expect(found12 == [.fail(work, .quarantined), .startWorker])
        #expect(pool.machine.lastAttempts == 3)
    }

    @Test("of a parcel the work that killed the worker fails, and the rest goes on")
    func parcel() throws {
        var pool = TestedPool(workers: 1)
        let work = try pool.submitted(Piece(works: 4, isParcel: true))
        _ = pool.actions()
        let first = pool.answer(1)
        #expect(first == .work(work))
        pool.crash(1)
        let found13 = pool.actions()
        #expect(found13 == [.failFirst(work, .died), .startWorker])
        pool.machine.workerStarted(2, at: pool.now)
        let found14 = pool.actions()
        #expect(found14 == [.send(work, to: 2, tag: 1)])
        for _ in 0..<2 { _ = pool.answer(2) }
        let end = pool.pass(2)
        #expect(end == .nothing)
        #expect(pool.machine.pieces.count == 0)
    }

    @Test("the rest of a parcel that was shortened waits again")
    func shortenedParcel() throws {
        var pool = TestedPool(workers: 1)
        let work = try pool.submitted(Piece(works: 4, isParcel: true))
        _ = pool.actions()
        _ = pool.answer(1)
        _ = pool.pass(1)
        let found15 = pool.actions()
        #expect(found15 == [.send(work, to: 1, tag: 2)])
        #expect(pool.machine.pieces[work]?.works == 3)
    }
}

@Suite("What a pool of processes decides about its workers")
struct ProcessPoolWorkersTests {
    @Test("a worker that has done as much as it may ends, and another takes its place")
    func recycling() throws {
        var pool = TestedPool(workers: 1) { $0.mostWorkPerWorker = 2 }
        for _ in 0..<3 { _ = pool.submit() }
        let count3 = pool.actions().count
        #expect(count3 == 2)
        _ = pool.answer(1)
        let found16 = pool.actions()
        #expect(found16 == [])
        _ = pool.answer(1)
        let found17 = pool.actions()
        #expect(found17 == [.stop(1), .startWorker])
        pool.machine.workerStarted(2, at: pool.now)
        let count4 = pool.actions().count
        #expect(count4 == 1)
        pool.vanish(1)
        let found18 = pool.actions()
        #expect(found18 == [])
    }

    @Test("a worker that became too large ends after what it has")
    func growth() throws {
        var pool = TestedPool(workers: 1)
        _ = pool.submit()
        _ = pool.actions()
        pool.machine.recycle(1, at: pool.now)
        let found19 = pool.actions()
        #expect(found19 == [])
        _ = pool.answer(1)
        let found20 = pool.actions()
        #expect(found20 == [.stop(1), .startWorker])
    }

    @Test("idle workers end after their time, the fewest stay, and new work brings others")
    func idleTime() throws {
        var pool = TestedPool(workers: 3) {
            $0.idleTime = 10
            $0.fewestWorkers = 1
        }
        #expect(pool.machine.nextAlarm == 11)
        pool.tick(11)
        let found21 = pool.actions()
        #expect(found21 == [.stop(1), .stop(2)])
        for worker in 1...2 { pool.vanish(worker) }
        let found22 = pool.actions()
        #expect(found22 == [])
        for _ in 0..<4 { _ = pool.submit() }
        let found23 = pool.actions()
        #expect(found23.filter { $0 == .startWorker }.count == 2)
    }

    @Test("a pool can be made smaller and larger")
    func resizing() throws {
        var pool = TestedPool(workers: 3)
        for _ in 0..<2 { _ = pool.submit() }
        _ = pool.actions()
        pool.machine.resize(to: 1, at: pool.now)
        let found24 = pool.actions()
        #expect(found24 == [.stop(1)])
        _ = pool.answer(2)
        let stopped = pool.actions()
        _ = pool.answer(3)
        let found25 = pool.actions()
        #expect((stopped + found25).count == 1)
        pool.machine.resize(to: 4, at: pool.now)
        let found26 = pool.actions()
        #expect(found26 == [.startWorker, .startWorker, .startWorker])
    }

    @Test("fruitless starts wait longer each time")
    func backoff() throws {
        var pool = TestedPool(workers: 1) {
            $0.restarts = RestartPolicy(maximumFruitlessStarts: 10, firstDelay: .nanoseconds(100))
        }
        var delays: [Int64] = []
        for worker in 1...4 {
            pool.vanish(worker)
            let alarm = try #require(pool.machine.nextAlarm)
            delays.append(alarm - pool.now)
            pool.tick(alarm)
            let found27 = pool.actions()
            #expect(found27 == [.startWorker])
            pool.machine.workerStarted(worker + 1, at: pool.now)
        }
        #expect(delays == [100, 200, 400, 800])
    }

    @Test("more restarts than the policy allows in its period end the pool for good")
    func intensity() throws {
        var pool = TestedPool(workers: 1) { $0.restarts = RestartPolicy(maximumRestarts: 2, within: .nanoseconds(100)) }
        for worker in 1...3 {
            _ = pool.submit()
            _ = pool.actions()
            pool.now += 10
            pool.crash(worker)
            if worker < 3 { pool.machine.workerStarted(worker + 1, at: pool.now) }
        }
        #expect(pool.machine.phase == .failed)
        let refused = pool.submit()
        #expect(refused == nil)
        pool.machine.shutDown(.finishing, at: pool.now)
        #expect(pool.machine.hasEnded)
    }

    @Test("old restarts are forgotten")
    func ledger() {
        var ledger = RestartLedger(RestartPolicy(maximumRestarts: 2, within: .nanoseconds(100)))
        let kept = (0..<10).map { ledger.note(at: Int64($0) * 60) }
        #expect(kept.allSatisfy { $0 })
        let tooMany = ledger.note(at: 541)
        #expect(!tooMany)
    }

    @Test("no work is sent before the initializer has returned; when it fails, the pool does")
    func initializer() throws {
        var pool = TestedPool(workers: 1) { $0.hasInitializer = true }
        let work = try pool.submitted()
        let found28 = pool.actions()
        #expect(found28 == [])
        let answer = pool.answer(1)
        #expect(answer == .initializer)
        pool.machine.initialized(1, at: pool.now)
        let found29 = pool.actions()
        #expect(found29 == [.send(work, to: 1, tag: 2)])
        pool.machine.fail()
        let found30 = pool.actions()
        #expect(found30 == [.kill(1)])
        pool.crash(1)
        let found31 = pool.actions()
        #expect(found31 == [.fail(work, .failed)])
        let refused = pool.submit()
        #expect(refused == nil)
    }
}

@Suite("A line that can be left early")
struct WaitingLineTests {
    @Test("numbers come by priority and in order, those that came back first, without those that have left")
    func order() {
        var line = WaitingLine()
        line.append(1, .low)
        line.append(2, .normal)
        line.append(3, .normal)
        line.append(4, .normal)
        line.putBack(5, .normal)
        line.putBack(6, .high)
        var order: [UInt64] = []
        while let next = line.popFirst(where: { $0 != 3 }) { order.append(next) }
        #expect(order == [6, 5, 2, 4, 1])
    }

    @Test("a number that is free again is the next to be given")
    func freeNumbers() {
        var table = IndexedTable<String>()
        for text in ["a", "b", "c"] { table[table.firstFree] = text }
        #expect(table.keys == [1, 2, 3])
        let removed = table.removeValue(forKey: 2)
        #expect(removed == "b")
        #expect(table.count == 2)
        #expect(table.firstFree == 2)
        table[1] = nil
        table[3] = nil
        #expect(table.isEmpty)
        #expect(table.values.isEmpty)
    }

    @Test("a number is never given twice")
    func numbers() {
        var table = PieceTable<String>()
        let first = table.add("a")
        table.remove(first)
        let second = table.add("b")
        #expect(first != second)
        #expect(table[first] == nil)
        #expect(table[second] == "b")
        #expect(table.numbers == [second])
    }
}
