// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A piece of work on its way through a pool of processes: one work, or a parcel of several.
struct PendingWork: Sendable {
    enum Request: Sendable {
        case work(MessageBody)
        case parcel(WorkParcel)
    }

    let request: Request
    /// The places of its works in their receiver's order; those before `first` have their answers.
    private(set) var first: Int
    let end: Int
    /// Where its answers go.
    let receiver: any ReplyReceiver
    /// A work in a few words, made only for a report; by its place.
    let name: @Sendable (Int) -> WorkName
    /// Its number in the pool, and when it was submitted.
    var number: UInt64
    let submitted: Int64
    /// The work's type, fully qualified.
    let typeName: String
    /// The place of its first work.
    let start: Int

    init(
        request: Request, first: Int, count: Int = 1, receiver: any ReplyReceiver, number: UInt64 = 0, submitted: Int64,
        typeName: String, name: @escaping @Sendable (Int) -> WorkName
    ) {
        self.request = request
        self.first = first
        start = first
        self.typeName = typeName
        end = first + count
        self.receiver = receiver
        self.number = number
        self.submitted = submitted
        self.name = name
    }

    var isOver: Bool { first == end }

    /// What to send for the works that have no answer.
    func message(tag: UInt32) -> MessageBody {
        switch request {
        case .work(var message):
            Frame.setTag(tag, of: &message)
            return message
        case .parcel(let parcel): return parcel.message(from: first - start, tag: tag)
        }
    }

    /// The same piece without its request: this process must not hold handles while the work runs, and who sends it a
    /// second time has to have it.
    func withoutRequest() -> PendingWork {
        var copy = PendingWork(
            request: .work(MessageBody()), first: start, count: end - start, receiver: receiver, number: number,
            submitted: submitted, typeName: typeName, name: name)
        copy.first = first
        return copy
    }

    /// The place of the next answer.
    mutating func takeFirst() -> Int {
        defer { first += 1 }
        return first
    }
}

/// The answer to the work with this place, or why there is none.
struct IndexedReply: Sendable {
    let index: Int
    let result: Result<WorkReply, WorkFailure>
}

/// Who has submitted work and gets the answers, in batches, on any thread.
protocol ReplyReceiver: AnyObject, Sendable {
    func receive(_ replies: [IndexedReply])
}
