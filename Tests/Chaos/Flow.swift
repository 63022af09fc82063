// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Submits work in all ways that a pool has, from many tasks, and takes notice of its ends.
struct Flow: Sendable {
    let pool: ProcessPool
    let ledger: Ledger
    let budget: Budget
    let judge: Judge

    /// Until the budget is used up.
    func run(seed: UInt64) async {
        await withTaskGroup { group in
            for number in UInt64(0)..<12 {
                group.addTask {
                    var maker = PieceMaker(seed: seed &+ number &* 0x1_0001)
                    switch number {
                    case 0, 1: while await outcomes(&maker) {}
                    case 2, 3: while await map(&maker) {}
                    default: while await single(&maker) {}
                    }
                }
            }
        }
    }

    // MARK: One by one

    private func single(_ maker: inout PieceMaker) async -> Bool {
        guard let serial = await budget.take(1)?.first else { return false }
        if maker.isOnce(in: 3) { await number(serial) } else { await piece(serial, &maker) }
        return true
    }

    private func number(_ serial: Int) async {
        let work = Number(serial: serial)
        ledger.begin(serial, "\(work) by run")
        let result = await result { () async throws(WorkFailure) in try await pool.run(work) }
        ledger.end(serial, judge.verdict(on: work, result), diedAs: result.deadProcess)
    }

    private func piece(_ serial: Int, _ maker: inout PieceMaker) async {
        let piece = maker.next(serial)
        let isCancelled = maker.isOnce(in: 50)
        let waits = maker.isOnce(in: 2)
        ledger.begin(serial, "\(piece) by run")
        var outcome: Result<Answer, WorkFailure>
        if isCancelled {
            let task = Task { [pool] in await result { () async throws(WorkFailure) in try await pool.run(piece) } }
            if waits { await Task.yield() }
            task.cancel()
            outcome = await task.value
        } else {
            outcome = await result { () async throws(WorkFailure) in try await pool.run(piece) }
        }
        ledger.end(
            serial, judge.verdict(on: piece, outcome, wasCancelled: isCancelled), diedAs: outcome.deadProcess)
    }

    // MARK: Many at once

    private func outcomes(_ maker: inout PieceMaker) async -> Bool {
        guard let serials = await budget.take(maker.number(in: 1...300)) else { return false }
        let pieces = serials.map { maker.next($0) }
        for piece in pieces { ledger.begin(piece.serial, "\(piece) by outcomes") }
        // Now and then the iteration is left in its midst.
        let last = maker.isOnce(in: 10) ? maker.number(in: 0...pieces.count - 1) : .max
        var missing = Set(serials)
        var position = 0
        for await outcome in pool.outcomes(of: pieces, lookAhead: maker.number(in: 1...64)) {
            let piece = pieces[outcome.index]
            if outcome.work.serial != piece.serial {
                ledger.complain("outcome \(outcome.index) brings \(outcome.work)")
            }
            missing.remove(piece.serial)
            ledger.end(
                piece.serial, judge.verdict(on: piece, outcome.result), diedAs: outcome.result.deadProcess)
            if position == last { break }
            position += 1
        }
        for serial in missing {
            ledger.end(serial, position == last ? .takenBack : .wrong("piece \(serial) has no outcome"))
        }
        return true
    }

    private func map(_ maker: inout PieceMaker) async -> Bool {
        guard let serials = await budget.take(maker.number(in: 1...30)) else { return false }
        let pieces = serials.map { maker.harmless($0) }
        for piece in pieces { ledger.begin(piece.serial, "\(piece) by map") }
        do throws(WorkFailure) {
            let answers = try await pool.map(pieces)
            if answers.count != pieces.count { ledger.complain("map has \(answers.count) outputs of \(pieces.count)") }
            for (piece, answer) in zip(pieces, answers) {
                ledger.end(piece.serial, judge.verdict(on: piece, .success(answer)))
            }
        } catch {
            fail(pieces, error)
        }
        return true
    }

    /// A map tells of one failure and takes back the rest.
    private func fail(_ pieces: [Piece], _ failure: WorkFailure) {
        let verdicts = pieces.map { judge.verdict(on: $0, .failure(failure)) }
        let guilty = verdicts.firstIndex { if case .wrong = $0 { false } else { true } } ?? 0
        for (index, piece) in pieces.enumerated() {
            ledger.end(piece.serial, index == guilty ? verdicts[index] : .takenBack)
        }
    }
}

/// A `Result` of asynchronous code.
func result<Value: Sendable>(_ body: () async throws(WorkFailure) -> Value) async -> Result<Value, WorkFailure> {
    do throws(WorkFailure) { return .success(try await body()) } catch { return .failure(error) }
}

extension Result where Failure == WorkFailure {
    /// The process that died with it.
    var deadProcess: Int32? {
        if case .failure(.died(let report)) = self { report.processIdentifier } else { nil }
    }
}
