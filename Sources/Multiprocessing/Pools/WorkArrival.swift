// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How the work with this place in its submission ended.
@usableFromInline struct WorkArrival: Sendable {
    @usableFromInline enum Outcome: Sendable {
        /// Still to be decoded, which is for the waiting side's thread.
        case reply(WorkReply)
        /// Those of several works in a row, of which this is the first, still to be decoded: see `OutputFrames`.
        case outputs(OutputFrames)
        /// The output itself, from a worker in this process.
        case value(any Sendable)
        case failure(WorkFailure)
        /// It has been handed out.
        case nothing
    }

    @usableFromInline let index: Int
    @usableFromInline var outcome: Outcome

    @inlinable func result<W: Work>(of type: WorkType<W>) -> Result<W.Output, WorkFailure> {
        do { return .success(try output(of: type)) } catch { return .failure(error) }
    }

    @inlinable func output<W: Work>(of type: WorkType<W>) throws(WorkFailure) -> W.Output {
        switch outcome {
        case .reply(let reply): return try reply.output(by: type.outputCoding)
        case .value(let value):
            guard let output = value as? W.Output else { preconditionFailure("an output of another work") }
            return output
        case .failure(let failure): throw failure
        case .outputs, .nothing: preconditionFailure("an outcome that was handed out before")
        }
    }
}

/// How a work that ran in this process ended.
enum OwnCompletion<W: Work>: Sendable {
    case output(W.Output)
    case failure(WorkFailure)

    /// Does the work.
    init(of work: W) async {
        do { self = .output(try await work.run()) } catch { self = .failure(.threw(WorkError(error))) }
    }

    func output() throws(WorkFailure) -> W.Output {
        switch self {
        case .output(let output): return output
        case .failure(let failure): throw failure
        }
    }

    var outcome: WorkArrival.Outcome {
        switch self {
        case .output(let output): .value(output)
        case .failure(let failure): .failure(failure)
        }
    }
}
