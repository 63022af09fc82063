// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import TestSupport
import Testing

@testable import CorpusServer

@Suite(.leavesNothingBehind(after: RawClient.warmUp))
struct LifecycleTests {
    private let corpus = GeneratedCorpus(documentCount: 1, byteCounts: 1_000...1_000)

    private func port(of baseURL: String) throws -> Int {
        try #require(baseURL.split(separator: ":").last.flatMap { Int($0) })
    }

    @Test func `it listens on this machine's loopback only`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            #expect(baseURL.hasPrefix("http://127.0.0.1:"))
            let hexadecimal = String(try port(of: baseURL), radix: 16, uppercase: true)
            let suffix = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            // State 0A is "listening". The address is 127.0.0.1, its bytes in the machine's order.
            let sockets = (try TestFile.text("/proc/self/net/tcp") + TestFile.text("/proc/self/net/tcp6"))
                .split(separator: "\n").map { $0.split(separator: " ") }
                .filter { $0.count > 3 && $0[1].hasSuffix(suffix) && $0[3] == "0A" }
            #expect(sockets.map { String($0[1]) } == ["0100007F" + suffix])
        }
    }

    @Test func `a port in use is named, with what to try`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let port = try port(of: baseURL)
            let error = await #expect(throws: CorpusServerError.portInUse(port)) {
                try await withCorpusServer(CorpusServer(.generated(corpus), port: port)) { _ in }
            }
            let reason = "the port is in use; choose another, or 0 for any free one"
            #expect(error?.description == "cannot listen on 127.0.0.1:\(port): \(reason)")
            try await #expect(RawClient.send("GET /", to: baseURL).status == 200, "the first goes on")
        }
    }

    @Test func `the port is free as soon as the server has ended`() async throws {
        var port = 0
        for _ in 0..<5 {
            port = try await withCorpusServer(CorpusServer(.generated(corpus), port: port)) { baseURL in
                try await #expect(RawClient.send("GET /", to: baseURL).status == 200)
                return try self.port(of: baseURL)
            }
        }
        let baseURL = "http://127.0.0.1:\(port)"
        await #expect(throws: (any Error).self) { try await RawClient.send("GET /", to: baseURL) }
    }

    @Test func `servers run side by side`() async throws {
        let other = GeneratedCorpus(documentCount: 2, byteCounts: 1_000...1_000)
        try await withCorpusServer(CorpusServer(.generated(corpus))) { first in
            try await withCorpusServer(CorpusServer(.generated(other))) { second in
                try await #expect(RawClient.send("GET /", to: first).text == "rfc1000.txt\n")
                try await #expect(RawClient.send("GET /", to: second).text == "rfc1000.txt\nrfc1001.txt\n")
            }
        }
    }

    @Test func `what the body throws comes through, and the server has ended`() async throws {
        struct OnPurpose: Error {}
        var address = ""
        await #expect(throws: OnPurpose.self) {
            try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
                address = baseURL
                throw OnPurpose()
            }
        }
        let baseURL = address
        await #expect(throws: (any Error).self) { try await RawClient.send("GET /", to: baseURL) }
    }

    @Test func `a run that is cancelled returns without an error`() async throws {
        let ready = Gate()
        let server = CorpusServer(.generated(corpus))
        let running = Task { try await server.run { _ in ready.open() } }
        await ready.enter()
        running.cancel()
        try await running.value
    }

    @Test func `a run may be cancelled at any moment of its start`() async throws {
        let server = CorpusServer(.generated(corpus))
        for steps in 0..<40 {
            let running = Task { try await server.run { _ in } }
            for _ in 0..<steps { await Task.yield() }
            running.cancel()
            try await running.value
        }
    }

    @Test func `an answer that is under way is finished when the server ends`() async throws {
        try await withLargeFile(grace: .seconds(60)) { server, size in
            let received = try await cancelled(server) { chunks, _ in
                var rest = 0
                while let chunk = try await chunks.next() { rest += chunk.readableBytes }
                return rest
            }
            #expect(received > size)
        }
    }

    @Test func `a client that does not read cannot keep the server from ending`() async throws {
        try await withLargeFile(grace: .milliseconds(50)) { server, size in
            let received = try await cancelled(server) { chunks, running in
                try await running.value
                // What is still in the sockets comes, and then the end or a reset.
                var rest = 0
                while let chunk = try? await chunks.next() { rest += chunk.readableBytes }
                return rest
            }
            #expect(received < size)
        }
    }

    /// A server of one file that is larger than what the sockets between it and a client can hold.
    private func withLargeFile(
        grace: Duration, _ body: (_ server: CorpusServer, _ size: Int) async throws -> Void
    ) async throws {
        let size = 48 << 20
        try await withTemporaryDirectory { folder in
            try TestFile.write("", to: folder + "/large")
            #expect(unsafe truncate(folder + "/large", size) == 0)
            var server = CorpusServer(.folder(folder))
            server.grace = grace
            try await body(server, size)
        }
    }

    /// Asks for the large file, cancels the run after the first bytes, and returns how many bytes came in all.
    private func cancelled(
        _ server: CorpusServer,
        whileReading rest:
            @escaping @Sendable (
                inout RawClient.Inbound.AsyncIterator, Task<Void, any Error>
            ) async throws -> Int
    ) async throws -> Int {
        let (addresses, ready) = AsyncStream<String>.makeStream()
        let running = Task { try await server.run { ready.yield($0.baseURL) } }
        var iterator = addresses.makeAsyncIterator()
        let baseURL = try #require(await iterator.next())
        let received = try await RawClient.connected(to: baseURL) { inbound, outbound in
            let request = "GET /large HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var chunks = inbound.makeAsyncIterator()
            let first = try await chunks.next()?.readableBytes ?? 0
            running.cancel()
            return first + (try await rest(&chunks, running))
        }
        try await running.value
        return received
    }
}
