// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

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
