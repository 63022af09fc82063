// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTPCompression
import NIOPosix
import Synchronization

/// The HTTP client of one reader, made when the first web document is read: a worker that reads only files starts no
/// event loop.
final class WebClient: Sendable {
    private enum State {
        case unused
        case running(HTTPClient, MultiThreadedEventLoopGroup, LoopExecutor)
        case shutDown
    }

    /// Connections to one host that are kept; more readers than this would wait for one another.
    private static let connectionsPerHost = 1_024

    private let limits: ReadLimits
    private let state = Mutex(State.unused)

    init(limits: ReadLimits) {
        self.limits = limits
    }

    /// The client and its event loop, with the executor that runs tasks on it; `nil` after ``shutDown()``.
    func running() -> (client: HTTPClient, loop: any EventLoop, executor: LoopExecutor)? {
        state.withLock { state in
            switch state {
            case .running(let client, let group, let executor):
                return (client, group.next(), executor)
            case .shutDown:
                return nil
            case .unused:
                // One thread: it only moves bytes, what they mean is worked out by the readers' threads.
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
                let executor = LoopExecutor(group.next())
                state = .running(client, group, executor)
                return (client, group.next(), executor)
            }
        }
    }

    /// Ends what is still being read, the connections and the event loop's thread. A second call does nothing.
    func shutDown() async {
        let previous = state.withLock { state in
            let previous = state
            state = .shutDown
            return previous
        }
        guard case .running(let client, let group, _) = previous else { return }
        // Both fail only when they have been shut down already, and nobody else has them.
        try? await client.shutdown()
        try? await group.shutdownGracefully()
    }

    private var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: WebReading.maximumRedirects, allowCycles: false),
            timeout: .init(connect: .ofSeconds(limits.connectTimeout)),
            // Cuts a small body that unpacks to an endless one while it is unpacked.
            decompression: .enabled(limit: .size(Int(clamping: limits.webMaximumBytes))))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
        // The retries are ours: a refused connection would otherwise be hidden until the time for connecting is over.
        configuration.connectionPool.retryConnectionEstablishment = false
        // Each reader has a connection of its own, so that one slow document does not hold up another.
        configuration.httpVersion = .http1Only
        return configuration
    }
}

extension TimeAmount {
    /// Whatever was asked for, within what a timer can do: a millisecond up to a year.
    static func ofSeconds(_ seconds: Double) -> TimeAmount {
        .nanoseconds(Int64(min(max(seconds, 0.001), 31_536_000) * 1e9))
    }
}
