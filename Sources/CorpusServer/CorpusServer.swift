// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

public import Logging

/// A small HTTP server of documents on this machine, with faults on request, so that the whole job can be tried without a
/// network.
///
/// It listens on 127.0.0.1 only. `GET` and `HEAD` are answered: `/NAME` with a document (in a folder also `/SUB/NAME`),
/// `/` with the names, one a line, all as `text/plain`. Everything else is a 404: folders, pipes and devices, and any
/// path that leads out of the folder, by `..`, an encoded slash or a link. Files are sent in chunks and never held
/// whole. It writes nothing anywhere unless it is given a logger.
///
/// It is no server for others: it knows no encryption, no ranges and no caching.
public struct CorpusServer: Sendable {
    /// What is served.
    public enum Content: Sendable {
        /// The regular files below the folder at this path.
        case folder(String)
        /// Documents that are made on the spot.
        case generated(GeneratedCorpus)
        /// These, under their names, which hold no slash and are all different; the bytes are copied when serving begins.
        case documents([(name: String, bytes: [UInt8])])
    }

    let content: Content
    let port: Int
    let delay: Duration
    let failurePercent: Int
    let logger: Logger

    /// How long answers that are under way at the end may take to be finished. Tests set it.
    var grace = Duration.seconds(1)

    /// A server that does not run yet.
    ///
    /// - Parameters:
    ///   - port: in `0...65535`; 0 takes any free one, which `run(onReady:)` tells.
    ///   - delay: how long every answer, also a failing one, is held back. Requests wait beside one another.
    ///   - failurePercent: in `0...100`: how many of every 100 consecutive requests are answered with 503. They are
    ///     spread evenly in the order of arrival and not drawn by lot: with 30, the 4th, 7th and 10th of every ten.
    ///   - logger: where to write; by default nowhere.
    /// - Precondition: numbers are in their ranges.
    public init(
        _ content: Content, port: Int = 0, delay: Duration = .zero, failurePercent: Int = 0,
        logger: Logger = Logger(label: "corpus-server") { _ in SwiftLogNoOpLogHandler() }
    ) {
        precondition((0...65_535).contains(port), "a port is in 0...65535, not \(port)")
        precondition((0...100).contains(failurePercent), "a percentage is in 0...100, not \(failurePercent)")
        precondition(delay >= .zero, "a delay is not negative")
        (self.content, self.port, self.delay) = (content, port, delay)
        (self.failurePercent, self.logger) = (failurePercent, logger)
    }

    /// Serves until the task is cancelled.
    ///
    /// Cancelling ends it gracefully: it stops listening at once, answers what it is answering, and cuts off after a
    /// second whoever has not finished by then. On return the port is free and every descriptor and thread is gone. The
    /// same value may run again, several times at once with port 0; each run numbers its requests from the start.
    ///
    /// - Parameter onReady: called once, when connections are accepted, while serving goes on.
    /// - Throws: ``CorpusServerError`` when the port or the folder cannot be had. Being cancelled is no error.
    /// - SeeAlso: ``withCorpusServer(_:isolation:_:)``, which also ends the server.
    public func run(
        onReady: @escaping @Sendable (BoundAddress) async -> Void
    ) async throws(CorpusServerError) {
        try await RunningServer.run(self, onReady: onReady)
    }
}

/// Where a server listens.
public struct BoundAddress: Sendable, Hashable {
    /// Always 127.0.0.1.
    public let host = "127.0.0.1"
    /// The real port, also where any free one was asked for.
    public let port: Int

    /// What a document's URL begins with, without a slash at its end: `http://127.0.0.1:8080`.
    public var baseURL: String { "http://\(host):\(port)" }
}

/// Runs `body` with the base URL of a running server, and ends the server before it returns.
///
/// ```swift
/// try await withCorpusServer(CorpusServer(.generated(GeneratedCorpus()))) { baseURL in
///     try await fetch(baseURL + "/rfc1000.txt")
/// }
/// ```
///
/// - Throws: ``CorpusServerError`` when the server cannot be started, in which case `body` is not called; else what
///   `body` throws.
public func withCorpusServer<Result>(
    _ server: CorpusServer,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (_ baseURL: String) async throws -> Result
) async throws -> Result {
    let (addresses, ready) = AsyncStream<BoundAddress>.makeStream()
    return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            defer { ready.finish() }
            try await server.run { ready.yield($0) }
        }
        var iterator = addresses.makeAsyncIterator()
        guard let address = await iterator.next(isolation: isolation) else {
            // Without an address it has failed, and this throws why, or we were cancelled.
            try await group.waitForAll()
            throw CancellationError()
        }
        // A body that throws has the group cancel the server and wait for its end, too.
        let result = try await body(address.baseURL)
        group.cancelAll()
        try await group.waitForAll()
        return result
    }
}
