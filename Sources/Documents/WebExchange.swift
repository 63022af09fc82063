// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// One request and what is made of its answer: the head is judged and the body counted on the event loop, piece by piece,
/// as they arrive.
///
/// The pieces are not handed to the task that waits for them: to wake it for each took longer than to receive and to count it.
final class WebExchange<State: Sendable>: HTTPClientResponseDelegate, @unchecked Sendable {
    // Unchecked: before the request, and after the answer's end, the waiting task alone has it; in between the client calls
    // it on one event loop.

    private let limits: ReadLimits
    private let update: @Sendable (inout State, RawSpan) -> Void
    private var state: State
    private var byteCount: UInt64 = 0
    /// Whether the head of an answer has arrived that is the document's.
    private var hasAnswer = false

    init(
        limits: ReadLimits, into state: State, update: @escaping @Sendable (inout State, RawSpan) -> Void
    ) {
        self.limits = limits
        self.state = state
        self.update = update
    }

    /// Sends the request and waits until the answer's end.
    ///
    /// - Throws: ``AttemptFailure``. What has been counted until then is dropped with the exchange.
    func run(
        _ request: HTTPClient.Request, on lane: WebLane
    ) async throws(AttemptFailure) -> (state: State, byteCount: UInt64) {
        lane.beginDocument()
        defer { lane.endDocument() }
        let task = lane.client.execute(request: request, delegate: self)
        // The client's own deadline is not asked for: while a connection is being made, it waits for what becomes of that.
        let limit = lane.timeLimits.begin { [limits] in
            task.fail(reason: AttemptFailure.final(.timedOut(afterSeconds: limits.timeout)))
        }
        defer { lane.timeLimits.end(limit) }
        do {
            try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.fail(reason: CancellationError())
            }
        } catch {
            throw FailureTranslator(limits: limits, hasAnswer: hasAnswer).translate(error)
        }
        return (state, byteCount)
    }

    // MARK: On the event loop

    func didReceiveHead(task: HTTPClient.Task<Void>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        do throws(AttemptFailure) {
            try AnswerHead.check(head, limits)
            hasAnswer = true
            return task.eventLoop.makeSucceededVoidFuture()
        } catch {
            return task.eventLoop.makeFailedFuture(error)
        }
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Void>, _ piece: ByteBuffer) -> EventLoopFuture<Void> {
        byteCount += UInt64(piece.readableBytes)
        if byteCount > limits.webMaximumBytes {
            return task.eventLoop.makeFailedFuture(AttemptFailure.final(.tooLarge(limit: limits.webMaximumBytes)))
        }
        update(&state, piece.readableBytesSpan)
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) {}
}

/// What the head of an answer says about the body, before any of it is read.
enum AnswerHead {
    /// - Throws: When the answer is not the document, or one that is not to be read.
    static func check(_ head: HTTPResponseHead, _ limits: ReadLimits) throws(AttemptFailure) {
        guard (200...299).contains(head.status.code) else { throw failure(for: head) }
        if let problem = problem(withEncodings: head.headers[canonicalForm: "content-encoding"]) {
            throw .final(.decompression(problem))
        }
        let announced = head.headers.first(name: "content-length").flatMap { UInt64($0) }
        if let announced, announced > limits.webMaximumBytes { throw .final(.tooLarge(limit: limits.webMaximumBytes)) }
    }

    private static func failure(for head: HTTPResponseHead) -> AttemptFailure {
        let status = Int(head.status.code)
        guard RetryPolicy.isPassing(status: status) else { return .final(.httpStatus(status)) }
        var failure = AttemptFailure.passing(.httpStatus(status))
        failure.requestedPause = RetryPolicy.requestedPause(
            retryAfter: head.headers.first(name: "retry-after"), date: head.headers.first(name: "date"),
            now: FileSystem.secondsSince1970)
        return failure
    }

    /// The client passes on what it cannot unpack, and compressed bytes must not be taken for text.
    private static func problem(withEncodings encodings: [Substring]) -> String? {
        if encodings.isEmpty { return nil }
        let encodings = encodings.map { $0.lowercased() }
        if [["gzip"], ["deflate"], ["identity"]].contains(encodings) { return nil }
        return "the server sent it as \(encodings.joined(separator: ", ")), which was not asked for"
    }
}
