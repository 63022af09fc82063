// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How a submitted piece of work ended, as it reaches the waiting side.
enum Completion<W: Work>: Sendable {
    case output(W.Output)
    /// Still to be decoded, which is for the waiting side's thread.
    case reply(WorkReply)
    case failure(WorkFailure)

    func output() throws(WorkFailure) -> W.Output {
        switch self {
        case .output(let output): return output
        case .reply(let reply): return try reply.output(of: W.self)
        case .failure(let failure): throw failure
        }
    }

    var result: Result<W.Output, WorkFailure> { Result { () throws(WorkFailure) in try output() } }
}

/// Takes a piece of work back, if it still waits.
struct WorkTicket: Sendable {
    let cancel: @Sendable () -> Void

    static let none = WorkTicket(cancel: {})
}

/// Connects a cancellation with a ticket, whichever comes first.
final class TicketHolder: Sendable {
    private enum State {
        case empty, cancelled
        case holding(WorkTicket)
    }

    private let state = Mutex(State.empty)

    func hold(_ ticket: WorkTicket) {
        let isCancelled = state.withLock { state in
            if case .cancelled = state { return true }
            state = .holding(ticket)
            return false
        }
        if isCancelled { ticket.cancel() }
    }

    func cancel() {
        let ticket = state.withLock { state -> WorkTicket? in
            defer { state = .cancelled }
            if case .holding(let ticket) = state { return ticket }
            return nil
        }
        ticket?.cancel()
    }
}
