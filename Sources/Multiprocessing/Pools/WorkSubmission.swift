// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Works on their way into a pool of processes: encoded, alone or several together.
struct WorkSubmission<W: Work> {
    private(set) var pieces: [ProcessPoolStorage.Submission] = []
    /// What could not be encoded fails here, alone.
    private(set) var refused: [WorkArrival] = []
    /// How many bytes each work takes.
    private(set) var byteCounts: [Int] = []

    private let works: [W]
    private let type = WorkType<W>.known
    /// What stands before each work.
    private let head: [UInt8]
    private let group: WorkGroup
    private let piece: ProcessPoolStateMachine.Piece
    private let first: Int

    init(
        _ works: [W], from first: Int, _ options: WorkOptions, _ configuration: ProcessPool.Configuration,
        to inbox: WorkInbox
    ) {
        self.works = works
        self.first = first
        // In the submitting task, and once for all that it submits together.
        head = WorkRequest.head(type.nameBytes, carrying: configuration.companions.captured())
        let limit = options.timeLimit ?? configuration.timeLimit
        piece = ProcessPoolStateMachine.Piece(
            priority: options.priority, timeLimit: limit?.wholeNanoseconds, mayRepeat: W.isIdempotent)
        group = WorkGroup(inbox: inbox, typeName: type.name, submitted: Deadline.now.nanoseconds) { index in
            WorkName(works[index - first])
        }
        byteCounts.reserveCapacity(works.count)
    }

    /// Each work in a message of its own.
    mutating func addAll() {
        pieces.reserveCapacity(works.count)
        for place in works.indices { add(place) }
    }

    private mutating func add(_ place: Int) {
        let index = first + place
        do {
            let request = try type.request(works[place], after: head)
            byteCounts.append(request.bytes.count)
            let group = request.handles.isEmpty ? group : groupOfOne(place, request)
            let pending = PendingWork(request: .work(request), first: index, group: group)
            pieces.append(ProcessPoolStorage.Submission(pending: pending, piece: piece))
            if !request.handles.isEmpty { pieces[pieces.count - 1].piece.needsIdleWorker = true }
        } catch {
            byteCounts.append(0)
            refused.append(WorkArrival(index: index, outcome: .failure(WorkFailure(error))))
        }
    }

    /// For a work with handles: its name is made now, so that nothing else holds them.
    private func groupOfOne(_ place: Int, _ request: MessageBody) -> WorkGroup {
        let name = WorkName.later(of: works[place], in: request)
        return WorkGroup(inbox: group.inbox, typeName: group.typeName, submitted: group.submitted) { _ in name() }
    }

    /// Works that travel together, as many as `size` at a time; one that cannot, alone.
    mutating func addParcels(of size: Int) {
        guard type.mangledName != nil else { return addAll() }
        if let mark = type.workCoding.mark { return addParcels(of: size, as: mark) }
        var parcel = WorkParcel(head: head)
        var start = 0
        let coding = type.workCoding
        // Not enumerated: in code that is not compiled for the type, each pair would ask the runtime for its own.
        for place in works.indices {
            let before = parcel.byteCount
            let isIn = (try? parcel.append(works[place], coding)) ?? false
            if isIn { byteCounts.append(parcel.byteCount - before) }
            if !isIn || parcel.count == size || parcel.byteCount > Self.largestParcel {
                addParcel(parcel, from: start)
                parcel = WorkParcel(head: head)
                start = place + 1
            }
            if !isIn { add(place) }
        }
        addParcel(parcel, from: start)
    }

    /// The same for works that travel as their bytes.
    private mutating func addParcels(of size: Int, as mark: TypeMark) {
        let step = WorkParcel.byteCount(of: mark)
        let size = max(1, min(size, Self.largestParcel / step))
        for start in stride(from: 0, to: works.count, by: size) {
            let end = min(start + size, works.count)
            var parcel = WorkParcel(head: head)
            parcel.append(works, start..<end, as: mark)
            addParcel(parcel, from: start)
        }
        byteCounts += repeatElement(step, count: works.count)
    }

    /// A quarter of what a worker's memory holds: the next is on its way while one is done.
    private static var largestParcel: Int { 16 << 10 }

    private mutating func addParcel(_ parcel: WorkParcel, from place: Int) {
        guard parcel.count > 0 else { return }
        var piece = piece
        piece.works = parcel.count
        piece.isParcel = true
        let pending = PendingWork(
            request: .parcel(parcel), first: first + place, count: parcel.count, group: group)
        pieces.append(ProcessPoolStorage.Submission(pending: pending, piece: piece))
    }
}
