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
    let headers: HTTPHeaders
    let policy: RetryPolicy
    let sleep: @Sendable (Duration) async throws -> Void

    init(
        client: WebClient, limits: ReadLimits, userAgent: String, policy: RetryPolicy,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.client = client
        self.limits = limits
        self.policy = policy
        self.sleep = sleep
        headers = ["user-agent": userAgent, "accept": "*/*", "accept-encoding": "gzip, deflate"]
    }

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
        guard let lane = client.lane() else {
            throw .final(.connection("the reader has been shut down"))
        }
        let request: HTTPClient.Request
        do { request = try HTTPClient.Request(url: url, headers: headers) } catch {
            throw FailureTranslator(limits: limits).translate(error)
        }
        return try await WebExchange(limits: limits, into: initial(), update: update).run(request, on: lane)
    }
}
