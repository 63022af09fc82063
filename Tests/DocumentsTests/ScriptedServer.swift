// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A server on loopback that answers each request with the very bytes that a test wrote, faults included.
final class ScriptedServer: Sendable {
    struct Request: Sendable, Equatable {
        var path: String
        /// Names in lower case.
        var headers: [String: String]
        /// How many requests for this path there have been, this one included.
        var number: Int
    }

    enum Step: Sendable {
        case send([UInt8])
        /// Sends this again and again until the connection ends.
        case sendForEver([UInt8])
        /// Ends the connection when all before has been sent; without this step it stays open.
        case close
        /// Breaks the connection off, so that the other side sees an error.
        case reset
    }

    typealias Script = @Sendable (Request) -> [Step]

    private let boundPort = Mutex(0)
    private let log = Mutex<[Request]>([])
    private let connectionCount = Mutex(0)

    var port: Int { boundPort.withLock { $0 } }

    fileprivate func didBind(to port: Int) { boundPort.withLock { $0 = port } }

    /// All requests so far, in order.
    var requests: [Request] { log.withLock { $0 } }

    /// How many connections there have been.
    var connections: Int { connectionCount.withLock { $0 } }

    fileprivate func addConnection() { connectionCount.withLock { $0 += 1 } }

    func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    fileprivate func add(path: String, headers: [String: String]) -> Request {
        log.withLock { log in
            let number = log.count { $0.path == path } + 1
            let request = Request(path: path, headers: headers, number: number)
            log.append(request)
            return request
        }
    }
}

/// Runs `body` with a server; its connections and its thread are gone afterwards.
///
/// - Parameter greeting: Sent at the start of each connection, before anything is asked.
func withServer<Result>(
    greeting: String = "", _ script: @escaping ScriptedServer.Script, _ body: (ScriptedServer) async throws -> Result
) async throws -> Result {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = ScriptedServer()
    let channel = try await ServerBootstrap(group: group)
        .serverChannelOption(.backlog, value: 256)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    ScriptHandler(server: server, greeting: greeting, script: script))
            }
        }
        .bind(host: "127.0.0.1", port: 0)
        .get()
    server.didBind(to: try #require(channel.localAddress?.port))
    let result: Swift.Result<Result, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    try await group.shutdownGracefully()
    return try result.get()
}

/// A port on loopback that nobody listens on.
func closedPort() async throws -> Int {
    try await withServer({ _ in [] }) { $0.port }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ScriptedServer
    private let greeting: String
    private let script: ScriptedServer.Script
    private var received = ""

    init(server: ScriptedServer, greeting: String, script: @escaping ScriptedServer.Script) {
        self.server = server
        self.greeting = greeting
        self.script = script
    }

    func channelActive(context: ChannelHandlerContext) {
        server.addConnection()
        if !greeting.isEmpty {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        while let end = received.firstRange(of: "\r\n\r\n") {
            let lines = received[..<end.lowerBound].split(separator: "\r\n")
            received = String(received[end.upperBound...])
            answer(lines, context: context)
        }
    }

    private func answer(_ lines: [Substring], context: ChannelHandlerContext) {
        guard let first = lines.first else { return context.close(promise: nil) }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = String(parts[1].drop(while: { $0 == " " }))
        }
        let words = first.split(separator: " ")
        for step in script(server.add(path: String(words[1]), headers: headers)) {
            perform(step, context: context)
        }
    }

    private func perform(_ step: ScriptedServer.Step, context: ChannelHandlerContext) {
        switch step {
        case .send(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
        case .sendForEver(let bytes):
            Self.sendForEver(ByteBuffer(bytes: bytes), channel: context.channel)
        case .close:
            context.close(promise: nil)
        case .reset:
            // Closing without lingering is what sends a reset.
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            context.close(promise: nil)
        }
    }

    private static func sendForEver(_ buffer: ByteBuffer, channel: any Channel) {
        // Fails, and so ends, with the connection. In a new turn of the loop each time: a reader that keeps up lets every
        // write succeed at once, and calls within calls would use up the stack.
        channel.writeAndFlush(buffer).whenSuccess {
            channel.eventLoop.execute { sendForEver(buffer, channel: channel) }
        }
    }
}
