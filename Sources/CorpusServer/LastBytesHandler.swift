// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOHTTPTypes

/// Holds back the closing of a connection until what was written before has gone to the kernel.
///
/// A server that is told to end closes each connection right after its last answer was written, and a channel that
/// is closed forgets what it has not yet been able to send. The end of a long answer to a slow client would be lost.
/// A client that has stopped reading altogether gets no more than the grace.
final class LastBytesHandler: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let grace: TimeAmount
    private var lastWrite: EventLoopFuture<Void>?

    init(grace: Duration) {
        self.grace = TimeAmount(grace)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        lastWrite = promise.futureResult
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, let lastWrite else { return context.close(mode: mode, promise: promise) }
        // A second call, for instance after the grace, must not wait again.
        self.lastWrite = nil
        // A handler is called on its channel's event loop, and these futures are of that loop: assumeIsolated says so.
        let close = context.eventLoop.makePromise(of: Void.self)
        close.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: promise) }
        // As above.
        let timer = context.eventLoop.assumeIsolated().scheduleTask(in: grace) { close.succeed() }
        lastWrite.assumeIsolated().whenComplete { _ in
            timer.cancel()
            close.succeed()
        }
        context.flush()
    }
}
