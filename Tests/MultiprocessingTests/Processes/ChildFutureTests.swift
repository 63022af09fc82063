// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import TestSupport
import Testing

@testable import Multiprocessing

/// What the peers ask of a future, asked of a child: its outcome is known once, to everybody, for good.
@Suite("A child's outcome", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ChildFutureTests {
    private static let methods = [StartMethod.spawn, .forkServer]

    @Test(
        "comes to whoever waited for it, and at once to whoever comes later",
        .origin(
            "test_future.FutureTests.test_done_callback_with_result",
            "test_future.FutureTests.test_done_callback_already_successful",
            "test_future.FutureTests.test_result_with_success"), arguments: methods)
    func success(_ method: StartMethod) async throws {
        let go = try SharedEvent()
        let child = try ChildProcess.start(AnsweringOnce(go: go, fails: false), by: method)
        let (early, late) = await outcomes(of: child, after: go)
        #expect(early == .success(7))
        #expect(late == .success(7))
    }

    @Test(
        "is the error that was thrown, to the early and to the late",
        .origin(
            "test_future.FutureTests.test_done_callback_with_exception",
            "test_future.FutureTests.test_done_callback_already_failed",
            "test_future.FutureTests.test_exception_with_success"), arguments: methods)
    func failure(_ method: StartMethod) async throws {
        let go = try SharedEvent()
        let child = try ChildProcess.start(AnsweringOnce(go: go, fails: true), by: method)
        let (early, late) = await outcomes(of: child, after: go)
        for outcome in [early, late] {
            guard case .failure(.threw(let error)) = outcome else {
                Issue.record("found \(outcome)")
                continue
            }
            #expect(error.decoded(as: Refusal.self) == Refusal(reason: "no"))
        }
    }

    @Test(
        "comes to all who wait, whatever one of them does with it",
        .origin(
            "test_future.FutureTests.test_done_callback_raises",
            "test_future.FutureTests.test_done_callback_raises_already_succeeded"), arguments: methods)
    func throwingWaiters(_ method: StartMethod) async throws {
        let go = try SharedEvent()
        let child = try ChildProcess.start(AnsweringOnce(go: go, fails: false), by: method)
        let tasks = (0..<6).map { number in
            Task {
                let value = try await child.outcome.get()
                if number % 2 == 0 { throw Refusal(reason: "\(value)") }
                return value
            }
        }
        go.set()
        for (number, task) in tasks.enumerated() {
            switch await task.result {
            case .success(let value): #expect(value == 7 && number % 2 == 1)
            case .failure(let error): #expect(error as? Refusal == Refusal(reason: "7") && number % 2 == 0)
            }
        }
        #expect(await child.outcome == .success(7))
    }

    @Test(
        "is waited for no longer than one likes, which changes nothing about it",
        .origin(
            "test_future.FutureTests.test_result_with_timeout", "test_future.FutureTests.test_exception_with_timeout",
            "test_future.FutureTests.test_done", "test_future.FutureTests.test_running",
            "_test_multiprocessing._TestProcess.test_sentinel", "test_wait.WaitTests.test_timeout",
            "loky._test_process_executor.test_timeout"),
        arguments: methods, [true, false])
    func timeouts(_ method: StartMethod, _ fails: Bool) async throws {
        let go = try SharedEvent()
        let child = try ChildProcess.start(AnsweringOnce(go: go, fails: fails), by: method)
        let other = try ChildProcess.start(Square(number: 3), by: method)
        #expect(await waitForAny(of: [child], timeout: .zero).isEmpty)
        #expect(await waitForAny(of: [child], timeout: .milliseconds(20)).isEmpty)
        #expect(await waitForAny(of: [child, other], timeout: .seconds(60)) == [1])
        go.set()
        #expect(await waitForAny(of: [child], timeout: .seconds(60)) == [0])
        #expect(await waitForAny(of: [child], timeout: .zero) == [0])
        if case .success(7) = await child.outcome { #expect(!fails) } else { #expect(fails) }
        #expect(await child.exitStatus == .exited(0))
    }

    @Test(
        "is among those that are there, when one only looks", .origin("loky._test_process_executor.test_zero_timeout"),
        arguments: methods)
    func looking(_ method: StartMethod) async throws {
        let go = try SharedEvent()
        let late = try ChildProcess.start(AnsweringOnce(go: go, fails: false), by: method)
        let children = try (1...2).map { try ChildProcess.start(Square(number: $0), by: method) }
        for child in children { #expect(await child.exitStatus == .exited(0)) }
        #expect(await waitForAny(of: [children[0], late, children[1]], timeout: .zero) == [0, 2])
        #expect(await waitForAny(of: [late], timeout: .zero) == [])
        go.set()
        #expect(await late.outcome == .success(7))
    }

    @Test(
        "is what the child said first, whatever it says then",
        .origin(
            "test_future.FutureTests.test_multiple_set_result", "test_future.FutureTests.test_multiple_set_exception"),
        arguments: methods, [true, false])
    func twice(_ method: StartMethod, _ failsFirst: Bool) async throws {
        let child = try ChildProcess.start(AnsweringTwice(failsFirst: failsFirst), by: method)
        for _ in 0..<2 {
            switch await child.outcome {
            case .success(let value): #expect(value == 1 && !failsFirst)
            case .failure(.threw(let error)): #expect(error.decoded(as: Refusal.self) != nil && failsFirst)
            case .failure(let failure): Issue.record("found \(failure)")
            }
            #expect(await child.exitStatus == .exited(0))
        }
    }

    /// As it came to two who waited before it was there, and to two who asked when it was.
    private func outcomes(
        of child: ChildProcess<Int>, after go: SharedEvent
    ) async -> (early: Result<Int, WorkFailure>, late: Result<Int, WorkFailure>) {
        let hasBegun = Gate()
        let task = Task {
            hasBegun.open()
            return await child.outcome
        }
        await hasBegun.enter()
        go.set()
        return (await task.value, await child.outcome)
    }
}

/// Says one thing by itself, and then another as every work does.
struct AnsweringTwice: Work {
    var failsFirst: Bool

    func run() async throws -> Int {
        // Set before any work.
        unsafe WorkerVoice.own?.say(
            try failsFirst ? RemoteFailure(Refusal(reason: "first"), at: .running).frame() : one())
        if failsFirst { return 2 }
        throw Refusal(reason: "second")
    }

    private func one() throws -> MessageBody {
        var frame = Frame.begin(.output)
        try Self.outputCoding.encode(1, into: &frame)
        Frame.finish(&frame)
        return frame
    }
}

struct AnsweringOnce: Work {
    var go: SharedEvent
    var fails: Bool

    func run() throws -> Int {
        go.wait()
        if fails { throw Refusal(reason: "no") }
        return 7
    }
}
