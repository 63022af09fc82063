// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Logging
import Multiprocessing
import MultiprocessingServices
import ServiceLifecycle
import TestSupport
import Testing

@Suite("A pool as a service", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct WorkerPoolServiceTests {
    private static let pools = [Workers.inline, .threads(2), .processes(2), .processes(2, by: .spawn)]

    private func group(_ services: [any Service], atMost time: Duration? = nil) -> ServiceGroup {
        var configuration = ServiceGroupConfiguration(services: services, logger: Logger(label: "test"))
        configuration.maximumGracefulShutdownDuration = time
        return ServiceGroup(configuration: configuration)
    }

    private func service(_ pool: any WorkerPool) -> any Service {
        func open<Pool: WorkerPool>(_ pool: Pool) -> any Service { WorkerPoolService(pool) }
        return open(pool)
    }

    @Test("runs until graceful shutdown and finishes its work then", arguments: pools)
    func graceful(_ workers: Workers) async throws {
        let pool = try workers.makePool()
        let isRunning = Gate()
        let group = group([service(pool), Beacon(isRunning: isRunning)])
        async let ran: Void = group.run()
        await isRunning.enter()
        #expect(try await pool.run(Doubling(number: 4)) == 8)
        // Submitted before the end begins, so all of it must come out.
        let works = (1...50).map(Doubling.init)
        var outputs: [Int] = []
        for try await output in pool.results(of: works, lookAhead: 10) {
            outputs.append(output)
            if outputs.count == 40 { break }
        }
        #expect(outputs.count == 40)
        await group.triggerGracefulShutdown()
        try await ran
        await #expect(throws: WorkFailure.poolIsShutDown) { try await pool.run(Doubling(number: 1)) }
    }

    @Test("finishes what runs when it is shut down", arguments: [Workers.processes(1), .threads(1)])
    func finishes(_ workers: Workers) async throws {
        let pool = try workers.makePool()
        let (go, begun) = (try Channel<Bool>(), try Channel<Bool>())
        let waiting = Task { try await pool.run(WaitingForWord(begun: begun.sender, go: go.receiver)) }
        #expect(try await begun.receiver.receive() == true)
        let isRunning = Gate()
        let group = group([service(pool), Beacon(isRunning: isRunning)])
        async let ran: Void = group.run()
        await isRunning.enter()
        await group.triggerGracefulShutdown()
        try await go.sender.send(true)
        #expect(try await waiting.value == "was told")
        try await ran
    }

    @Test("abandons its work when the task is cancelled")
    func cancelled() async throws {
        let pool = try ProcessPool(workers: 1)
        let begun = try Channel<Bool>()
        let waiting = Task { try await pool.run(WaitingForEver(begun: begun.sender)) }
        #expect(try await begun.receiver.receive() == true)
        let running = Task { try await WorkerPoolService(pool).run() }
        running.cancel()
        await #expect(throws: CancellationError.self) { try await running.value }
        await #expect(throws: WorkFailure.poolIsShutDown) { try await waiting.value }
    }

    @Test("abandons its work when finishing takes longer than the group allows")
    func tooLong() async throws {
        let pool = try ProcessPool(workers: 1)
        let begun = try Channel<Bool>()
        let waiting = Task { try await pool.run(WaitingForEver(begun: begun.sender)) }
        #expect(try await begun.receiver.receive() == true)
        let isRunning = Gate()
        let group = group([WorkerPoolService(pool), Beacon(isRunning: isRunning)], atMost: .milliseconds(50))
        async let ran: Void = group.run()
        await isRunning.enter()
        await group.triggerGracefulShutdown()
        // The group may take its own time-out for an error or not; what counts is the end.
        do { try await ran } catch {}
        await #expect(throws: WorkFailure.poolIsShutDown) { try await waiting.value }
    }
}

/// Says when its group runs.
struct Beacon: Service {
    var isRunning: Gate
    func run() async throws {
        isRunning.open()
        try await gracefulShutdown()
    }
}

struct Doubling: Work {
    var number: Int
    func run() -> Int { 2 * number }
}

struct WaitingForWord: Work {
    var begun: Sender<Bool>
    var go: Receiver<Bool>
    func run() async throws -> String {
        try await begun.send(true)
        return try await go.receive() == true ? "was told" : "was not told"
    }
}

struct WaitingForEver: Work {
    var begun: Sender<Bool>
    func run() async throws {
        try await begun.send(true)
        while true { await Task.yield() }
    }
}
