// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Dispatch
import Glibc
import Multiprocessing
import TestSupport
import Testing

@Suite("A child process", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ChildProcessTests {
    /// `.fork` is tested from a probe with one thread.
    static let methods = [StartMethod.spawn, .forkServer]

    @Test("gives its work's output", arguments: methods)
    func output(_ method: StartMethod) async throws {
        let child = try ChildProcess.start(Square(number: 9), by: method)
        #expect(await child.outcome == .success(81))
        #expect(await child.exitStatus == .exited(0))
        #expect(await child.outcome == .success(81))
    }

    @Test("can be one of many", .origin("_test_multiprocessing._TestProcess.test_many_processes"), arguments: methods)
    func many(_ method: StartMethod) async throws {
        let children = try (0..<30).map { try ChildProcess.start(Square(number: $0), by: method) }
        #expect(Set(children.map(\.processIdentifier)).count == 30)
        for (number, child) in children.enumerated() { #expect(await child.outcome == .success(number * number)) }
        let others = try (0..<10).map { _ in try ChildProcess.start(Forever(), by: method) }
        for child in others { child.terminate() }
        for child in others { #expect(await child.exitStatus == .signaled(SIGTERM)) }
    }

    @Test("can be awaited by many tasks", arguments: methods)
    func manyWaiters(_ method: StartMethod) async throws {
        let child = try ChildProcess.start(Square(number: 5), by: method)
        let sum = await withTaskGroup { group in
            for _ in 0..<10 { group.addTask { (try? await child.outcome.get()) ?? 0 } }
            return await group.reduce(0, +)
        }
        #expect(sum == 250)
    }

    @Test("that throws says what", arguments: methods)
    func thrown(_ method: StartMethod) async throws {
        let child = try ChildProcess.start(Refusing(), by: method)
        guard case .failure(.threw(let error)) = await child.outcome else {
            Issue.record("no error arrived")
            return
        }
        #expect(error.typeName == "MultiprocessingTests.Refusal")
        #expect(error.decoded(as: Refusal.self) == Refusal(reason: "no"))
        #expect(error.origin.processIdentifier == child.processIdentifier)
        #expect(await child.exitStatus == .exited(0))
    }

    @Test(
        "can be ended politely or finally",
        .origin("_test_multiprocessing._TestProcess.test_terminate", "_test_multiprocessing._TestProcess.test_kill"),
        arguments: methods, [SIGTERM, SIGKILL])
    func ended(_ method: StartMethod, _ signal: Int32) async throws {
        let child = try ChildProcess.start(Forever(), by: method)
        if signal == SIGTERM { child.terminate() } else { child.kill() }
        guard case .failure(.died(let report)) = await child.outcome else {
            Issue.record("it went on")
            return
        }
        #expect(report.status == .signaled(signal))
        #expect(report.processIdentifier == child.processIdentifier)
        #expect("\(report)".contains(signal == SIGTERM ? "SIGTERM" : "SIGKILL"))
    }

    @Test("that is dropped is killed", arguments: methods)
    func dropped(_ method: StartMethod) throws {
        // The suite's check finds it if it lives on.
        _ = try ChildProcess.start(Forever(), by: method)
    }

    @Test("may be waited for by a thread", arguments: methods)
    func blockingWait(_ method: StartMethod) throws {
        let child = try ChildProcess.start(Square(number: 6), by: method)
        #expect(child.wait() == .success(36))
        #expect(child.wait() == .success(36))
        #expect(child.waitUntilExit() == .exited(0))
        #expect(child.waitUntilExit() == .exited(0))
    }

    @Test("whose answer a thread has waited for can be awaited by a task to its end", arguments: methods)
    func mixedWaiting(_ method: StartMethod) async throws {
        let child = try ChildProcess.start(Square(number: 7), by: method)
        let answer = await withCheckedContinuation { continuation in
            onOwnThread { continuation.resume(returning: child.wait()) }
        }
        #expect(answer == .success(49))
        #expect(await child.exitStatus == .exited(0))
        #expect(await child.outcome == .success(49))
    }

    @Test("passes on what it printed before its output is there", arguments: StartMethod.allCases)
    func printed(_ method: StartMethod) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["printing", method.rawValue])
        #expect(result.standardOutput == "from the child\nfrom the parent\n")
        #expect(result.standardError == "trouble in the child\n")
    }

    @Test("is refused for a type without a name elsewhere, before anything starts")
    func refused() {
        struct Local: Work {
            func run() {}
        }
        do {
            _ = try ChildProcess.start(Local())
            Issue.record("it was started")
        } catch {
            guard case .cannotTravel(let name) = error else {
                Issue.record("found \(error)")
                return
            }
            #expect(name.hasSuffix("Local"))
        }
    }

    @Test(
        "by fork is refused while there are threads, and says how many",
        .origin("loky._test_process_executor.test_no_deprecation_warning_is_raised_on_fork"))
    func forkRefused() throws {
        do {
            _ = try ChildProcess.start(Square(number: 1), by: .fork)
            Issue.record("it was started")
        } catch {
            guard case .notStarted(.multithreaded(let count)) = error else {
                Issue.record("found \(error)")
                return
            }
            #expect(count > 1)
            #expect("\(error)".contains("\(count) threads"))
        }
    }

    @Test("by fork works as often as wanted in a program with one thread", arguments: StartMethod.allCases)
    func withoutConcurrency(_ method: StartMethod) async throws {
        let probe = try BuiltProducts.path(of: "Probe")
        let result = try await Program.run(probe, ["children", method.rawValue])
        #expect(result.standardOutput == "1\n4\n9\n16\n25\n")
        #expect(result.status == .exited(0))
    }
}

/// A plain thread, since a test runs on the cooperative pool.
private func onOwnThread(_ body: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "a thread that waits").async(execute: body)
}

struct Forever: Work {
    func run() { while true { sched_yield() } }
}

struct Refusal: Error, Codable, Equatable { var reason: String }

struct Refusing: Work {
    func run() throws { throw Refusal(reason: "no") }
}
