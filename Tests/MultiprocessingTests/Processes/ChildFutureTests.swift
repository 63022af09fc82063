// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

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
            "_test_multiprocessing._TestProcess.test_sentinel", "test_wait.WaitTests.test_timeout"),
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

struct AnsweringOnce: Work {
    var go: SharedEvent
    var fails: Bool

    func run() throws -> Int {
        go.wait()
        if fails { throw Refusal(reason: "no") }
        return 7
    }
}
