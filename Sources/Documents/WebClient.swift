// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTPCompression
import NIOPosix
import Synchronization

/// The HTTP clients of one reader: lanes, each made when there is enough to do for it. A worker that reads only files starts
/// no event loop.
///
/// A lane is a client with an event loop of its own and with connections that only this loop has. One client with several
/// loops would hand a request to whichever connection is free, and two threads would take turns at every document.
final class WebClient: Sendable {
    private enum State {
        case running([WebLane])
        case shutDown
    }

    /// So many documents keep an event loop busy enough for there to be another one.
    static let documentsPerLane = 16
    /// One for each processor; but one alone reads more than a gigabyte a second, and four more than a network has.
    static let mostLanes = min(4, System.coreCount)

    private let limits: ReadLimits
    private let state = Mutex(State.running([]))

    init(limits: ReadLimits) {
        self.limits = limits
    }

    /// The lane for the next document: the one that this thread belongs to, or else the one with the least to do. `nil`
    /// after ``shutDown()``.
    func lane() -> WebLane? {
        state.withLock { state in
            guard case .running(var lanes) = state else { return nil }
            if let own = lanes.first(where: { $0.loop.inEventLoop }) { return own }
            let least = lanes.min { $0.documents < $1.documents }
            if let least, least.documents < Self.documentsPerLane || lanes.count >= Self.mostLanes { return least }
            let new = WebLane(limits)
            lanes.append(new)
            state = .running(lanes)
            return new
        }
    }

    /// The lane of whoever reads one document after the other, as one of many who do, counted from 0.
    func lane(ofReader number: Int) -> WebLane? {
        state.withLock { state in
            guard case .running(var lanes) = state else { return nil }
            let place = number / Self.documentsPerLane % Self.mostLanes
            while lanes.count <= place { lanes.append(WebLane(limits)) }
            state = .running(lanes)
            return lanes[place]
        }
    }

    /// Ends what is still being read, the connections and the event loops' threads. A second call does nothing.
    func shutDown() async {
        let previous = state.withLock { state in
            defer { state = .shutDown }
            return state
        }
        guard case .running(let lanes) = previous else { return }
        for lane in lanes { await lane.shutDown() }
    }
}

/// One event loop with its client and its connections.
final class WebLane: Sendable {
    let client: HTTPClient
    let loop: any EventLoop
    let executor: LoopExecutor
    let timeLimits: TimeLimits
    private let group: MultiThreadedEventLoopGroup
    private let underway = Atomic(0)

    init(_ limits: ReadLimits) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        loop = group.next()
        executor = LoopExecutor(loop)
        timeLimits = TimeLimits(seconds: limits.timeout, on: loop)
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: Self.configuration(limits))
    }

    /// How many are being read.
    var documents: Int { underway.load(ordering: .relaxed) }

    func beginDocument() { underway.add(1, ordering: .relaxed) }
    func endDocument() { underway.subtract(1, ordering: .relaxed) }

    func shutDown() async {
        // Both fail only when they have been shut down already, and nobody else has them.
        try? await client.shutdown()
        try? await group.shutdownGracefully()
    }

    private static func configuration(_ limits: ReadLimits) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: WebReading.maximumRedirects, allowCycles: false),
            timeout: .init(connect: .ofSeconds(limits.connectTimeout)),
            // Cuts a small body that unpacks to an endless one while it is unpacked.
            decompression: .enabled(limit: .size(Int(clamping: limits.webMaximumBytes))))
        // No limit of the client's: whoever reads bounds how many documents are under way, and is not to wait for others.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = .max / 2
        // The retries are ours: a refused connection would otherwise be hidden until the time for connecting is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each reader has a connection of its own, so that one slow document does not hold up another.
        configuration.httpVersion = .http1Only
        // To find out for each request that nobody traces it takes a part of the time that small documents need.
        configuration.tracing.tracer = nil
        return configuration
    }
}

extension TimeAmount {
    /// Whatever was asked for, within what a timer can do: a millisecond up to a year.
    static func ofSeconds(_ seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(min(max(seconds, 0.001), 31_536_000) * 1e9))
    }
}
