// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing
import TestSupport
import Testing

/// Ctrl-C is typed at a terminal that the program is in the foreground of; SIGTERM is sent.
@Suite("Interrupt handling", .leavesNothingBehind(after: { try? await withInterruptHandling {} }))
struct InterruptTests {
    private static let controlC: [UInt8] = [3]

    @Test("the first Ctrl-C cancels the body, which ends its pool", arguments: StartMethod.allCases)
    func first(_ method: StartMethod) async throws {
        let probe = try start("polite", method)
        let workers = try await workers(of: probe)
        #expect(workers.count == 2)
        for worker in workers { #expect(getpgid(worker) == worker) }
        probe.write(Self.controlC)
        let result = try await probe.wait()
        #expect(result.status == .signaled(SIGINT))
        #expect(result.standardOutput.contains("cancelled: true\n"))
        #expect(result.standardOutput.contains("interrupted by SIGINT: CancellationError()"))
        #expect(result.standardError.isEmpty, "no worker died of the terminal's signal")
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }

    @Test("the second one ends the program at once, and its busy workers with it", arguments: StartMethod.allCases)
    func second(_ method: StartMethod) async throws {
        let probe = try start("deaf", method)
        _ = try await workers(of: probe)
        probe.write(Self.controlC)
        try await probe.line(containing: "cancelled: true")
        #expect(probe.isRunning)
        probe.write(Self.controlC)
        #expect(try await probe.wait().status == .signaled(SIGINT))
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }

    @Test("SIGTERM does the same, and either is the other's second", arguments: [SIGTERM, SIGINT])
    func terminated(_ second: Int32) async throws {
        let probe = try start("deaf", .forkServer)
        _ = try await workers(of: probe)
        probe.send(signal: SIGTERM)
        try await probe.line(containing: "cancelled: true")
        probe.send(signal: second)
        #expect(try await probe.wait().status == .signaled(second))
        #expect(await probe.survivors(after: .seconds(1)).isEmpty)
    }

    @Test("a body that returns a part after a signal has its result returned")
    func partial() async throws {
        let probe = try start("partial", .spawn)
        _ = try await workers(of: probe)
        probe.write(Self.controlC)
        let result = try await probe.wait()
        #expect(result.status == .exited(0))
        #expect(result.standardOutput.contains("result 7"))
    }

    @Test("calls within and beside one another are all cancelled by one signal")
    func nested() async throws {
        let probe = try start("nested", .forkServer)
        _ = try await workers(of: probe)
        probe.write(Self.controlC)
        let result = try await probe.wait()
        #expect(result.status == .signaled(SIGINT))
        #expect(result.standardOutput.contains("inner: \(SIGINT)"))
        #expect(result.standardOutput.contains("beside: true"))
    }

    @Test("a signal that the program was started to ignore stays ignored")
    func ignored() async throws {
        let script = "trap '' INT; exec \"$0\" deaf spawn"
        let probe = try Program.start("/bin/sh", ["-c", script, try BuiltProducts.path(of: "Probe")])
        _ = try await workers(of: probe)
        probe.send(signal: SIGINT)
        probe.send(signal: SIGTERM)
        try await probe.line(containing: "cancelled: true")
        probe.send(signal: SIGINT)
        probe.send(signal: SIGTERM)
        #expect(try await probe.wait().status == .signaled(SIGTERM))
    }

    @Test("both signals have their former actions afterwards, and the body's error comes as it is")
    func restored() async throws {
        let mine: @convention(c) (Int32) -> Void = { _ in }
        let before = signal(SIGTERM, mine)
        defer { signal(SIGTERM, before) }
        #expect(try await withInterruptHandling { 5 } == 5)
        await #expect(throws: CancellationError.self) {
            try await withInterruptHandling { throw CancellationError() }
        }
        let now = signal(SIGTERM, mine)
        #expect(unsafe unsafeBitCast(now, to: Int.self) == unsafeBitCast(mine, to: Int.self))
    }

    @Test("the caller's cancellation reaches the body")
    func cancelled() async {
        let hasBegun = Gate()
        let task = Task {
            try await withInterruptHandling {
                hasBegun.open()
                try await Task.sleep(for: .seconds(1_000))  // allowed: sleep is the subject
            }
        }
        await hasBegun.enter()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    private func start(_ command: String, _ method: StartMethod) throws -> RunningProgram {
        try Program.start(
            try BuiltProducts.path(of: "Probe"), [command, method.rawValue], standardInput: .terminal)
    }

    private func workers(of probe: RunningProgram) async throws -> [Int32] {
        let line = try await probe.line(containing: "workers ")
        return line.split(separator: " ").compactMap { Int32($0) }
    }
}
