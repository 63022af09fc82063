// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A piece of work on its way through a pool of processes: one work, or a parcel of several.
struct PendingWork: Sendable {
    enum Request: Sendable {
        case work(MessageBody)
        case parcel(WorkParcel)
        /// Given away: this process must not hold the handles in it while the work runs.
        case gone
    }

    var request: Request
    /// The places of its works in their receiver's order; those before `first` have their answers.
    private(set) var first: Int
    let end: Int
    let group: WorkGroup
    /// How often it has been handed to a worker.
    var handed = 0
    /// The number of its first work in the pool.
    var number: UInt64 = 0
    /// The place of its first work.
    let start: Int

    init(request: Request, first: Int, count: Int = 1, group: WorkGroup) {
        self.request = request
        self.first = first
        start = first
        end = first + count
        self.group = group
    }

    var isOver: Bool { first == end }

    /// What to send for the works that have no answer.
    func message(tag: UInt32) -> MessageBody {
        switch request {
        case .work(var message):
            Frame.setTag(tag, of: &message)
            return message
        case .parcel(let parcel): return parcel.message(from: first - start, tag: tag)
        case .gone: preconditionFailure("a request was given away and is to be sent again")
        }
    }

    /// The place of the next answer.
    mutating func takeFirst(_ count: Int = 1) -> Int {
        defer { first += count }
        return first
    }
}

/// What the works that were submitted together share.
final class WorkGroup: Sendable {
    /// Where their answers go.
    let inbox: WorkInbox
    /// Their type, fully qualified.
    let typeName: String
    /// When they were submitted, in nanoseconds of the monotonic clock.
    let submitted: Int64
    /// A work in a few words, made only for a report; by its place.
    let name: @Sendable (Int) -> WorkName

    init(inbox: WorkInbox, typeName: String, submitted: Int64, name: @escaping @Sendable (Int) -> WorkName) {
        self.inbox = inbox
        self.typeName = typeName
        self.submitted = submitted
        self.name = name
    }
}
