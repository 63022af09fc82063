// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Why a piece of work has no output. Each failure is of exactly one piece of work; the pool lives on.
public indirect enum WorkFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The work itself threw.
    case threw(WorkError)

    /// The process that ran it ended before the work did: it trapped, called `exit`, or was killed.
    case died(CrashReport)

    /// The work's type cannot be found by its name in another process, because it is private, fileprivate or local.
    case cannotTravel(typeName: String)

    /// The work's `encode(to:)` threw; nothing was sent.
    case notEncoded(WorkError)

    /// The worker could not make the work from its bytes: `init(from:)` threw.
    case notDecoded(WorkError)

    /// The work was done, but its output's `encode(to:)` threw in the worker.
    case outputNotEncoded(WorkError)

    /// The work was done, but its output could not be made from its bytes here.
    case outputNotDecoded(WorkError)

    /// The task that waited for it was cancelled. If the work ran, its own task was cancelled too, and its worker
    /// killed if it had not ended after the pool's grace.
    case cancelled

    /// It ran longer than it may: its task was cancelled, and its worker killed if it had not ended after the pool's grace.
    case deadlineExceeded(ran: Duration)

    /// It may be repeated, but has killed as many workers as a piece of work may; the last one's report.
    case quarantined(CrashReport)

    /// What each worker is to do first has failed, so there are none.
    case initializerFailed(WorkFailure)

    /// The pool had been shut down, or was while the work waited.
    case poolIsShutDown

    /// No worker could be started, or not with the settings that it was to have.
    case notStarted(StartFailure)

    /// Workers end again and again before they take any work, or more often than the pool's policy allows; the last
    /// one's report.
    case poolIsBroken(CrashReport)

    public var description: String {
        switch self {
        case .threw(let error): "the work threw \(error)"
        case .died(let report): report.summary
        case .cannotTravel(let name):
            """
            \(name) cannot travel to another process: a private, fileprivate or local type has no name that a worker could find \
            it by; make it internal or public, at file level or inside another type
            """
        case .notEncoded(let error): "the work could not be encoded: \(error)"
        case .notDecoded(let error): "the worker could not decode the work: \(error)"
        case .outputNotEncoded(let error): "the worker could not encode the output: \(error)"
        case .outputNotDecoded(let error): "the output could not be decoded: \(error)"
        case .cancelled: "the work was cancelled"
        case .deadlineExceeded(let ran): "the work was ended because it ran too long: \(ran)"
        case .quarantined(let report):
            "the work is not tried again, it has killed \(report.attempt) workers; the last one: \(report.summary)"
        case .initializerFailed(let failure): "no worker could be made ready for work: \(failure)"
        case .poolIsShutDown: "the pool is shut down"
        case .notStarted(let failure): failure.description
        case .poolIsBroken(let report):
            "workers end too often or before they take any work; the last one: \(report.summary)"
        }
    }

    init(_ error: WorkRequestError) {
        switch error {
        case .cannotTravel(let name): self = .cannotTravel(typeName: name)
        case .notEncoded(let failure): self = .notEncoded(failure.error)
        }
    }

    init(_ failure: RemoteFailure) {
        switch failure.stage {
        case .encodingWork: self = .notEncoded(failure.error)
        case .decodingWork: self = .notDecoded(failure.error)
        case .running: self = .threw(failure.error)
        case .encodingOutput: self = .outputNotEncoded(failure.error)
        case .decodingOutput: self = .outputNotDecoded(failure.error)
        case .preparing: self = .notStarted(StartFailure(preparing: failure.error))
        }
    }
}

/// What a worker sent for a piece of work, not yet decoded: decoding is for the thread that waited, not for the one
/// that reads for all.
@usableFromInline struct WorkReply: Sendable {
    let kind: Frame.Kind
    @usableFromInline let payload: ReceivedBody

    init(_ frame: ReceivedFrame) {
        kind = frame.kind
        payload = frame.payload
    }

    @inlinable func output<Output>(by coding: MessageCoding<Output>) throws(WorkFailure) -> Output {
        do {
            if isOutput { return try coding.decode(payload) }
        } catch {
            throw .outputNotDecoded(WorkError(error))
        }
        throw failure
    }

    @usableFromInline var isOutput: Bool { kind == .output }

    /// The failure, if it is none of an output.
    var failureIfAny: WorkFailure? { isOutput ? nil : failure }

    @usableFromInline var failure: WorkFailure {
        do {
            return WorkFailure(try MessageDecoder.decode(RemoteFailure.self, from: payload.bytes))
        } catch {
            return .outputNotDecoded(WorkError(error))
        }
    }
}
