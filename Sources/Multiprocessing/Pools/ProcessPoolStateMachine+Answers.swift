// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

extension ProcessPoolStateMachine {
    /// What an answer is.
    enum Answer: Equatable {
        /// An answer of this piece.
        case work(WorkID)
        /// The piece, or this work of it, has failed already in this way, whatever the answer says.
        case overdue(WorkID, Fate)
        case initializer
        /// Not an answer to anything, but in order.
        case nothing
        /// Not in order: this worker is not to be trusted.
        case breach
    }

    /// A worker has answered the piece with this tag. `dispatch` has the worker go on.
    /// - Parameters:
    ///   - passes: Whether it says that it does no more of it.
    ///   - works: How many works of a parcel are answered.
    mutating func answered(
        _ id: WorkerID, _ tag: UInt32, passes: Bool, works: Int = 1, at now: Int64
    ) -> Answer {
        guard let first = workers[id]?.sent.first, first.tag == tag else { return .breach }
        workers[id]?.hasAnswered = true
        fruitlessStarts = 0
        if first.isInitializer {
            removeFirst(of: id)
            return .initializer
        }
        guard let work = first.work, let piece = pieces[work] else {
            guard passes else { return .breach }
            removeFirst(of: id)
            gotFree(id, at: now)
            return .nothing
        }
        if passes { return piece.isParcel ? parcelEnded(work, piece, in: id, at: now) : .breach }
        guard piece.works >= works, works == 1 || piece.isParcel else { return .breach }
        let fate = workers[id]?.calledAway
        if piece.isParcel {
            pieces[work]?.works -= works
            pieces[work]?.attempts = 0
        } else {
            removeFirst(of: id)
            pieces.remove(work)
            gotFree(id, at: now)
        }
        return fate.map { .overdue(work, $0) } ?? .work(work)
    }

    private mutating func parcelEnded(_ work: WorkID, _ piece: Piece, in id: WorkerID, at now: Int64) -> Answer {
        let fate = workers[id]?.calledAway
        removeFirst(of: id)
        if piece.works == 0 {
            pieces.remove(work)
        } else if let fate {
            pieces.remove(work)
            actions.append(.fail(work, fate))
        } else {
            putBack(work)
        }
        gotFree(id, at: now)
        return .nothing
    }

    /// The worker's first piece is over.
    private mutating func removeFirst(of id: WorkerID) {
        guard let first = workers[id]?.sent.removeFirst() else { return }
        workers[id]?.calledAway = nil
        workers[id]?.alarm = nil
        if first.work == nil, !first.isInitializer { workers[id]?.recalledCount -= 1 }
        if first.work != nil, let held = workers[id]?.heldCount, held > 0 { surplus -= 1 }
    }

    /// How long a work has run, to know what to expect of the next.
    mutating func noteRun(_ nanoseconds: Int64) {
        usualRun = usualRun < 0 ? nanoseconds : usualRun + (nanoseconds - usualRun) / 8
    }
}
