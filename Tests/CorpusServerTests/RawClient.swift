// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import TestSupport

/// Speaks to a server in the very bytes a test gives: a real client would tidy up the paths that matter here.
enum RawClient {
    typealias Inbound = NIOAsyncChannelInboundStream<ByteBuffer>
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    /// The answer to one request line without its version, such as `GET /a/../b`.
    static func send(_ requestLine: String, to baseURL: String) async throws -> Answer {
        try await send(bytes: "\(requestLine) HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", to: baseURL)
    }

    /// The first answer to these bytes, after which the server has to close the connection.
    static func send(bytes: String, to baseURL: String) async throws -> Answer {
        try await connected(to: baseURL) { inbound, outbound in
            try await outbound.write(ByteBuffer(string: bytes))
            var received: [UInt8] = []
            for try await chunk in inbound { received += Array(buffer: chunk) }
            return try Answer(received)
        }
    }

    static func connected<Result: Sendable>(
        to baseURL: String, _ body: @Sendable (Inbound, Outbound) async throws -> Result
    ) async throws -> Result {
        let port = baseURL.split(separator: ":").last.flatMap { Int($0) } ?? 0
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { try await body($0, $1) }
    }

    /// The client's event loop stays for the whole process, so it has to be there before leftovers are counted.
    static func warmUp() async {
        _ = try? await MultiThreadedEventLoopGroup.singleton.any().submit {}.get()
    }
}

/// An answer as it came over the wire.
struct Answer: Sendable {
    struct Malformed: Error {
        var text: String
    }

    var status: Int
    var headers: [String: String] = [:]
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    init(_ bytes: [UInt8]) throws(Malformed) {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        let head = lines.prefix { $0 != [13] }.map { String(decoding: $0.dropLast(), as: UTF8.self) }
        guard head.count < lines.count, let first = head.first, first.hasPrefix("HTTP/1.1 "),
            let status = Int(first.split(separator: " ")[1])
        else { throw Malformed(text: String(decoding: bytes.prefix(200), as: UTF8.self)) }
        self.status = status
        for line in head.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
        }
        // The head has its lines, a line break after each, and an empty line of two bytes.
        body = Array(bytes.dropFirst(lines.prefix(head.count).reduce(2) { $0 + $1.count + 1 }))
    }
}
