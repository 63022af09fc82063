// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing
import MultiprocessingObservability
import TestSupport
import Testing

@Suite("Messages logged in workers", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct LogTests {
    static let methods = [StartMethod.spawn, .forkServer]

    init() {
        TestLog.isBootstrapped
        TestTracing.isBootstrapped
    }

    private static var relaying: WorkCompanions {
        var companions = WorkCompanions()
        companions.relayLogs()
        return companions
    }

    @Test("arrive with level, metadata, label, place, process and work", arguments: methods)
    func whole(_ method: StartMethod) async throws {
        let label = "whole.\(method)"
        let pool = try ProcessPool(workers: 1, by: method, companions: Self.relaying)
        try await pool.run(Talking(label: label))
        let logged = TestLog.take(label)
        let identifier = try #require(pool.processIdentifiers.first)
        await pool.shutDown()
        #expect(logged.map(\.level) == [.debug, .warning, .error, .trace])
        #expect(
            logged.map(\.message)
                == ["at the level", "with ä and \u{0}", "with an error", "below the parent's level"])
        #expect(logged.allSatisfy { $0.pid == "\(identifier)" })
        #expect(logged.allSatisfy { $0.work == "MultiprocessingObservabilityTests.Talking" })
        #expect(logged.allSatisfy { $0.file == "MultiprocessingObservabilityTests/LogWorks.swift" })
        #expect(logged.allSatisfy { $0.function == "run()" })
        #expect(logged.map(\.line) == [20, 21, 27, 29])
        #expect(
            logged.map(\.source) == ["MultiprocessingObservabilityTests", "source"]
                + Array(
                    repeating: "MultiprocessingObservabilityTests", count: 2))
        #expect(logged.map(\.error) == [nil, nil, "MultiprocessingObservabilityTests.Trouble: no way", nil])
        #expect(logged.first?.metadata["of-logger"] == "l")
        let metadata = try #require(logged.dropFirst().first?.metadata)
        #expect(metadata["of-logger"] == "overridden")
        #expect(metadata["list"] == ["a", "1"])
        #expect(metadata["table"] == ["k": ["v", ["w": "x"]]])
        #expect(metadata["convertible"] == "7")
    }

    @Test("arrive in order for each worker and before the outcome", arguments: methods)
    func many(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 2, by: method, companions: Self.relaying)
        for try await number in pool.results(of: (0..<40).map(Chatting.init)) {
            #expect(TestLog.take("chatting").count { $0.message.hasPrefix("\(number) ") } <= 5)
        }
        await pool.shutDown()
        #expect(TestLog.take("chatting").isEmpty)
    }

    @Test("none is lost", arguments: methods)
    func noneLost(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 2, by: method, companions: Self.relaying)
        _ = try await pool.map((0..<40).map(Chatting.init))
        await pool.shutDown()
        let messages = TestLog.take("chatting").map(\.message)
        #expect(messages.count == 200)
        #expect(Set(messages) == Set((0..<40).flatMap { number in (0..<5).map { "\(number) \($0)" } }))
    }

    @Test(
        "by the current logger bear the label and metadata of the submitting task's, and heed its level",
        .origin("_test_multiprocessing._TestLogging.test_level"), arguments: methods)
    func current(_ method: StartMethod) async throws {
        let pool = try ProcessPool(workers: 1, by: method, companions: Self.relaying)
        let label = "current.\(method)"
        var logger = Logger(label: label)
        logger[metadataKey: "request"] = "17"
        try await withLogger(logger) { _ in try await pool.run(UsingCurrent()) }
        logger.logLevel = .info
        try await withLogger(logger) { _ in try await pool.run(UsingCurrent()) }
        await pool.shutDown()
        let logged = TestLog.take(label)
        #expect(logged.map(\.message) == ["current"])
        #expect(logged.first?.metadata["request"] == "17")
        #expect(logged.first?.metadata["own"] == "1")
    }

    @Test("arrive from a worker that traps right after", arguments: methods)
    func trap(_ method: StartMethod) async throws {
        let label = "trap.\(method)"
        let pool = try ProcessPool(workers: 1, by: method, companions: Self.relaying)
        await #expect(throws: WorkFailure.self) { try await pool.run(LoggingAndTrapping(label: label)) }
        await pool.shutDown()
        #expect(TestLog.take(label).map(\.message) == ["the last words"])
    }

    @Test("of a worker's worker arrive as its own", arguments: methods)
    func nested(_ method: StartMethod) async throws {
        let label = "nested.\(method)"
        let pool = try ProcessPool(workers: 1, by: method, companions: Self.relaying)
        let innermost = try await pool.run(Delegating(label: label))
        await pool.shutDown()
        let logged = TestLog.take(label)
        #expect(logged.map(\.pid) == Array(repeating: "\(innermost)", count: 4))
        #expect(logged.allSatisfy { $0.work == "MultiprocessingObservabilityTests.Talking" })
    }

    @Test("in threads go to the log as they are")
    func threads() async throws {
        let pool = try ThreadPool(workers: 2, companions: Self.relaying)
        _ = try await pool.map((0..<10).map(Chatting.init))
        await pool.shutDown()
        let logged = TestLog.take("chatting")
        #expect(logged.count == 50)
        #expect(logged.allSatisfy { $0.pid == nil })
    }

    @Test("in a program with a log of its own come from its workers", arguments: StartMethod.allCases)
    func probe(_ method: StartMethod) async throws {
        let result = try await Program.run(try BuiltProducts.path(of: "ObservabilityProbe"), [method.rawValue])
        #expect(result.status == .exited(0))
        // A copy of the program has its handlers, too, and uses them.
        let rest = method == .fork ? " from no worker" : " worker.work=ObservabilityProbe.Greeting from a worker"
        let lines = (1...2).map { "info greeter hello number=\($0)\(rest)\n" }
        #expect(result.standardOutput == lines.joined(), "\(result.standardError)")
    }

    @Test("of a child arrive before its outcome", arguments: methods)
    func child(_ method: StartMethod) async throws {
        let label = "child.\(method)"
        let child = try ChildProcess.start(Talking(label: label), by: method, companions: Self.relaying)
        _ = try await child.outcome.get()
        #expect(TestLog.take(label).map(\.pid) == Array(repeating: "\(child.processIdentifier)", count: 4))
        #expect(await child.exitStatus == .exited(0))
    }
}
