// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore

/// Answers one request: late and with a failure where that was asked for.
struct Responder: Sendable {
    let content: ServedContent
    let delay: Duration
    let failures: FailurePattern

    func respond(to request: Request) async throws -> Response {
        // Decided on arrival, so that the pattern does not depend on which of several delays ends first.
        let fails = failures.nextFails()
        if delay > .zero { try await Task.sleep(for: delay) }
        if fails { return text("failed on purpose\n", status: .serviceUnavailable) }
        return await answer(to: request)
    }

    private func answer(to request: Request) async -> Response {
        guard request.method == .get || request.method == .head else {
            var response = text("only GET and HEAD are answered here\n", status: .methodNotAllowed)
            response.headers[.allow] = "GET, HEAD"
            return response
        }
        guard let body = await content.body(at: request.uri.path) else {
            return text("no such document\n", status: .notFound)
        }
        return Response(status: .ok, headers: Self.headers, body: body)
    }

    private func text(_ text: String, status: HTTPResponse.Status) -> Response {
        Response(status: status, headers: Self.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Without a character set: nobody knows that of the files in a folder.
    private static let headers: HTTPFields = [.contentType: "text/plain"]
}
