// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import _NIOFileSystem

/// One run of a server, from binding the port to giving everything back.
enum RunningServer {
    static func run(
        _ server: CorpusServer, onReady: @escaping @Sendable (BoundAddress) async -> Void
    ) async throws(CorpusServerError) {
        // Loop and threads of its own and not the process's shared ones: those stay for ever, with their descriptors.
        let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let threads = NIOThreadPool(numberOfThreads: 2)
        threads.start()
        var failure: CorpusServerError?
        do throws(CorpusServerError) {
            let content = try await ServedContent(server.content, fileSystem: FileSystem(threadPool: threads))
            try await serve(content, by: server, on: loop, onReady: onReady)
        } catch {
            failure = error
        }
        // Neither fails for a group that was not shut down before.
        try? await threads.shutdownGracefully()
        try? await loop.shutdownGracefully()
        // Being told to end before it had begun fails one step or another, but is no failure to the caller.
        if let failure, !Task.isCancelled { throw failure }
    }

    private static func serve(
        _ content: ServedContent, by server: CorpusServer, on loop: any EventLoopGroup,
        onReady: @escaping @Sendable (BoundAddress) async -> Void
    ) async throws(CorpusServerError) {
        let (addresses, ready) = AsyncStream<BoundAddress>.makeStream()
        let listener = listener(content, by: server, on: loop) { ready.yield($0) }
        // A task of its own, because cancelling a listener cuts off its answers; it is ended by `stop`.
        let listening = Task {
            defer { ready.finish() }
            try await listener.run()
        }
        let result = await withTaskCancellationHandler {
            for await address in addresses { await onReady(address) }
            return await listening.result
        } onCancel: {
            Task { await stop(listener, listening, grace: server.grace) }
        }
        if case .failure(let error) = result { throw describe(error, port: server.port) }
    }

    private static func listener(
        _ content: ServedContent, by server: CorpusServer, on loop: any EventLoopGroup,
        onReady: @escaping @Sendable (BoundAddress) -> Void
    ) -> Server<HTTP1Channel> {
        let responder = Responder(
            content: content, delay: server.delay, failures: FailurePattern(percent: server.failurePercent))
        let channel = HTTP1Channel(
            responder: { request, writer, _ in
                let response = try await responder.respond(to: request)
                // The head of an answer to HEAD tells the length that the body would have.
                let body = request.method == .head ? ResponseBody() : response.body
                try await writer.write(response: response.head, body: body)
            },
            configuration: .init(additionalChannelHandlers: [LastBytesHandler(grace: server.grace)]))
        return Server(
            childChannelSetup: channel,
            configuration: ServerConfiguration(address: .hostname("127.0.0.1", port: server.port)),
            onServerRunning: { channel in onReady(BoundAddress(port: channel.localAddress?.port ?? server.port)) },
            eventLoopGroup: loop, logger: server.logger)
    }

    /// Lets answers under way finish for as long as the grace lasts; then cuts off what is left.
    private static func stop(
        _ listener: Server<HTTP1Channel>, _ listening: Task<Void, any Error>, grace: Duration
    ) async {
        await withTaskGroup { group in
            group.addTask { try? await listener.shutdownGracefully() }
            group.addTask {
                // Thrown out of the sleep as soon as the other is done.
                guard (try? await Task.sleep(for: grace)) != nil else { return }
                listening.cancel()
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func describe(_ error: any Error, port: Int) -> CorpusServerError {
        guard let failure = error as? IOError else { return .stopped(reason: "\(error)") }
        return switch Errno(rawValue: failure.errnoCode) {
        case .addressInUse: .portInUse(port)
        case .permissionDenied: .portForbidden(port)
        default: .cannotListen(port: port, reason: "\(failure)")
        }
    }
}
