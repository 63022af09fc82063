// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Reads web documents, attempt by attempt.
struct WebReading: Sendable {
    /// How often one document may send us elsewhere.
    static let maximumRedirects = 5

    let client: WebClient
    let limits: ReadLimits
    let userAgent: String
    let policy: RetryPolicy
    let sleep: @Sendable (Duration) async throws -> Void

    func read<State: Sendable>(
        _ url: String, into initial: @escaping @Sendable () -> State,
        update: @escaping @Sendable (inout State, RawSpan) -> Void
    ) async throws(DocumentFailure) -> (state: State, byteCount: UInt64) {
        var attempts = 0
        while true {
            attempts += 1
            do throws(AttemptFailure) {
                return try await attempt(url, into: initial, update: update)
            } catch {
                guard let pause = policy.pause(after: error, attempts: attempts) else {
                    throw DocumentFailure(document: url, reason: error.reason, attempts: attempts)
                }
                do { try await sleep(pause) } catch {
                    throw DocumentFailure(document: url, reason: .cancelled, attempts: attempts)
                }
            }
        }
    }

    /// One attempt with its time limit. What it has counted is dropped with it when it fails.
    private func attempt<State: Sendable>(
        _ url: String, into initial: @escaping @Sendable () -> State,
        update: @escaping @Sendable (inout State, RawSpan) -> Void
    ) async throws(AttemptFailure) -> (state: State, byteCount: UInt64) {
        guard let (client, loop) = client.running() else {
            throw .final(.connection("the reader has been shut down"))
        }
        do {
            // The client's own deadline covers only the time until the answer begins.
            return try await withTimeLimit(limits.timeout, on: loop) {
                let response = try await begin(url, client: client)
                return try await receive(response, into: initial, update: update)
            }
        } catch {
            throw FailureTranslator(limits: limits).translate(error)
        }
    }

    /// Sends the request and judges the answer's head.
    private func begin(_ url: String, client: HTTPClient) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "user-agent", value: userAgent)
        request.headers.add(name: "accept", value: "*/*")
        request.headers.add(name: "accept-encoding", value: "gzip, deflate")
        let response = try await client.execute(request, timeout: .ofSeconds(limits.timeout))
        guard (200...299).contains(response.status.code) else { throw Self.failure(for: response) }
        if let problem = Self.problem(withEncodings: response.headers[canonicalForm: "content-encoding"]) {
            throw AttemptFailure.final(.decompression(problem))
        }
        return response
    }

    private func receive<State>(
        _ response: HTTPClientResponse, into initial: () -> State, update: (inout State, RawSpan) -> Void
    ) async throws -> (state: State, byteCount: UInt64) {
        let limit = limits.webMaximumBytes
        let announced = response.headers.first(name: "content-length").flatMap { UInt64($0) }
        if let announced, announced > limit { throw AttemptFailure.final(.tooLarge(limit: limit)) }
        var state = initial()
        var byteCount: UInt64 = 0
        do {
            for try await piece in response.body {
                byteCount += UInt64(piece.readableBytes)
                if byteCount > limit { throw AttemptFailure.final(.tooLarge(limit: limit)) }
                update(&state, piece.readableBytesSpan)
            }
        } catch {
            throw FailureTranslator(limits: limits, hasAnswer: true).translate(error)
        }
        return (state, byteCount)
    }

    private static func failure(for response: HTTPClientResponse) -> AttemptFailure {
        let status = Int(response.status.code)
        guard RetryPolicy.isPassing(status: status) else { return .final(.httpStatus(status)) }
        var failure = AttemptFailure.passing(.httpStatus(status))
        failure.requestedPause = RetryPolicy.requestedPause(
            retryAfter: response.headers.first(name: "retry-after"), date: response.headers.first(name: "date"),
            now: FileSystem.secondsSince1970)
        return failure
    }

    /// The client passes on what it cannot unpack, and compressed bytes must not be taken for text.
    private static func problem(withEncodings encodings: [Substring]) -> String? {
        let encodings = encodings.map { $0.lowercased() }
        if encodings.isEmpty || [["gzip"], ["deflate"], ["identity"]].contains(encodings) { return nil }
        return "the server sent it as \(encodings.joined(separator: ", ")), which was not asked for"
    }
}
