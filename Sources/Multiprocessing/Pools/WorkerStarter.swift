// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Starts the workers of one pool, and knows what they are told first and last.
struct WorkerStarter: Sendable {
    private let method: StartMethod
    private let settings: WorkerSettings
    private let server: ForkServerClient?
    /// Frames; nil where there is nothing to be said.
    let initializer: MessageBody?
    let finalizer: MessageBody?

    /// Under `.fork` the pool gets a fork server of its own that is a copy of this process as it is now: when a
    /// worker has to be replaced later, this process has more threads than a fork could do with.
    init(_ configuration: ProcessPool.Configuration) throws(StartFailure) {
        guard Nesting.current < Nesting.most else { throw .nestedTooDeeply(levels: Nesting.most) }
        method = configuration.startMethod
        settings = configuration.settings
        initializer = try Self.routine(configuration.initializer)
        finalizer = try Self.routine(configuration.finalizer)
        guard method == .fork else {
            server = nil
            return
        }
        try WorkerStart.checkThreads(configuration.forkSafety)
        let names = try settings.preloadNames()
        do { server = try ForkServerClient.forked(preloading: names) } catch { throw .system(error) }
    }

    func start() throws(StartFailure) -> PoolWorker {
        let room: WorkerRoom
        do { room = try WorkerRoom(depth: UInt32(Nesting.current + 1)) } catch { throw .system(error) }
        let link =
            if let server {
                try WorkerStart.fromServer(server, settings: settings, in: room)
            } else {
                try WorkerStart.start(method, .requireSingleThread, settings: settings, in: room)
            }
        return PoolWorker(link: link, memory: room.memory)
    }

    private static func routine(_ work: (any Work)?) throws(StartFailure) -> MessageBody? {
        guard let work else { return nil }
        do { return try request(work) } catch { throw .routineCannotTravel("\(WorkFailure(error))") }
    }

    private static func request<W: Work>(_ work: W) throws(WorkRequestError) -> MessageBody {
        try WorkType<W>.known.request(work)
    }
}

/// One worker, as its pool holds it: a class, so that to look at a part of it copies nothing.
final class PoolWorker: @unchecked Sendable {
    // @unchecked: its variables are touched under the pool's lock only.

    let link: WorkerLink
    let memory: WorkerMemory
    /// What is to be sent as soon as all decisions are made: the worker is woken once.
    var outbox: [MessageBody] = []
    /// How many works of the parcel in hand have been answered.
    var answeredOfParcel: Int64 = 0
    /// Why it ends, when that is the pool's own doing.
    var endReason: WorkerEndReason?

    init(link: WorkerLink, memory: WorkerMemory) {
        self.link = link
        self.memory = memory
    }
}
