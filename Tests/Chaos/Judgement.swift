// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What became of a piece of work.
enum Verdict: Sendable {
    case value, threw, cancelled
    /// Its process died of it.
    case died
    /// Its process was killed under it, which costs one piece of work for each kill and not more.
    case killed
    /// No worker could be had for it: after blows to the fork server, or to workers that had not begun.
    case refused(String)
    /// It waited when the pool was abandoned, or while a map or an iteration of outcomes was.
    case takenBack
    case wrong(String)
}

/// Which ends are allowed.
struct Judge: Sendable {
    let method: StartMethod
    /// Whether the pool is being shut down by abandoning it, or has lost the only server it can have.
    var isEnding = false

    func verdict(on piece: Piece, _ result: Result<Answer, WorkFailure>, wasCancelled: Bool = false) -> Verdict {
        switch result {
        case .success(let answer): verdict(on: piece, answer)
        case .failure(let failure):
            verdict(on: failure, serial: piece.serial, kind: piece.kind, wasCancelled, what: "\(piece)")
        }
    }

    func verdict(on number: Number, _ result: Result<Int, WorkFailure>, wasCancelled: Bool = false) -> Verdict {
        switch result {
        case .success(let answer):
            answer == number.serial &* 3 &+ 1 ? .value : .wrong("\(number) answered \(answer)")
        case .failure(let failure):
            verdict(on: failure, serial: number.serial, kind: .nothing, wasCancelled, what: "\(number)")
        }
    }

    private func verdict(on piece: Piece, _ answer: Answer) -> Verdict {
        switch piece.kind {
        case .throwing, .trapping, .exiting, .parenting(endsItself: true): return .wrong("\(piece) answered")
        default: break
        }
        if answer == piece.expected { return .value }
        return .wrong("\(piece) answered for \(answer.serial): sum \(answer.sum), \(answer.bytes.count) bytes")
    }

    private func verdict(
        on failure: WorkFailure, serial: Int, kind: Piece.Kind, _ wasCancelled: Bool, what: String
    ) -> Verdict {
        let wrong = Verdict.wrong("\(what) failed: \(failure)")
        switch failure {
        case .threw(let error):
            guard case .throwing = kind else { return wrong }
            return error.decoded(as: Complaint.self) == Complaint(serial: serial) ? .threw : wrong
        case .died(let report):
            // Its own death and nobody else's.
            let isIts = report.work.contains("serial: \(serial),") || report.work.contains("serial: \(serial))")
            guard isIts, isAllowed(report.status, kind) else { return wrong }
            return isOwnDeath(report.status, kind) ? .died : .killed
        case .cancelled: return wasCancelled ? .cancelled : wrong
        case .poolIsShutDown: return isEnding ? .takenBack : wrong
        case .poolIsBroken(let report): return isAllowed(report.status, kind) ? .refused("the pool is broken") : wrong
        // A spawned worker needs nobody who could have been killed.
        case .notStarted(let reason):
            return method == .forkServer || method == .fork && isEnding ? .refused("\(reason)") : wrong
        default: return wrong
        }
    }

    private func isOwnDeath(_ status: ExitStatus, _ kind: Piece.Kind) -> Bool {
        switch (status, kind) {
        case (_, .parenting(endsItself: true)): true
        case (.signaled(SIGKILL), _), (.unobserved, _): false
        default: true
        }
    }

    private func isAllowed(_ status: ExitStatus, _ kind: Piece.Kind) -> Bool {
        switch (status, kind) {
        case (.signaled(SIGKILL), _): true
        case (.signaled(SIGILL), .trapping), (.signaled(SIGTRAP), .trapping): true
        case (.exited(let code), .exiting(let expected)): code == expected
        // Only the server could have told.
        case (.unobserved, _): method != .spawn
        default: false
        }
    }
}
