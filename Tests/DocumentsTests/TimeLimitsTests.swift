// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct TimeLimitsTests {
    private func withLimits(seconds: Double, _ body: (TimeLimits) async -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        await body(TimeLimits(seconds: seconds, on: group.next()))
        try await group.shutdownGracefully()
    }

    @Test func `those that do not end are told, none before its time, and the others are not`() async throws {
        try await withLimits(seconds: 0.05) { limits in
            let (told, teller) = AsyncStream.makeStream(of: String.self)
            var next = told.makeAsyncIterator()
            let ended = limits.begin { teller.yield("ended") }
            for name in ["first", "second", "third"] {
                let began = ContinuousClock.now
                _ = limits.begin { teller.yield(name) }
                limits.end(ended)
                #expect(await next.next() == name)
                #expect(ContinuousClock.now - began >= .milliseconds(50))
            }
        }
    }

    @Test func `one that begins while another's time runs has a time of its own`() async throws {
        try await withLimits(seconds: 0.1) { limits in
            let (told, teller) = AsyncStream.makeStream(of: Int.self)
            _ = limits.begin {
                let began = ContinuousClock.now
                _ = limits.begin { teller.yield(ContinuousClock.now - began >= .milliseconds(100) ? 1 : 0) }
            }
            var next = told.makeAsyncIterator()
            #expect(await next.next() == 1)
        }
    }

    @Test func `a loop ends although limits are running`() async throws {
        try await withLimits(seconds: 3_600) { limits in
            for _ in 0..<10 { _ = limits.begin { Issue.record("told after an hour") } }
        }
    }
}
