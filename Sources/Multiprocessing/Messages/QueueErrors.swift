// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension SendError {
    /// Why an element could not be sent through a shared queue.
    @usableFromInline
    init(_ outcome: RingOutcome, _ message: Message) {
        switch outcome {
        case .done, .notNow, .busy, .wrongSize: self = .full(message)
        case .finished: self = .finished(message)
        case .disconnected: self = .disconnected(message)
        case .timedOut: self = .timedOut(message)
        case .cancelled: self = .cancelled(message)
        case .corrupted: self = .corrupted(message)
        case .failed(let code):
            self = .notSent(message, SystemError("place a large message in shared memory", code: code))
        }
    }
}

extension ReceiveError {
    /// Why nothing was received from a shared queue; nil: there will be nothing any more, which is no error.
    @usableFromInline
    init?(_ outcome: RingOutcome) {
        switch outcome {
        case .finished, .disconnected: return nil
        case .done, .notNow, .busy: self = .empty
        case .timedOut: self = .timedOut
        case .cancelled: self = .cancelled
        case .corrupted, .wrongSize: self = .corrupted
        case .failed(let code): self = .notReceived(SystemError("read a large message from shared memory", code: code))
        }
    }
}
