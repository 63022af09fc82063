// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

// From Supervision.md.

func countOutcomes(of numbers: [Int], in pool: any WorkerPool) async -> (done: Int, reports: [CrashReport]) {
    var (done, reports) = (0, [CrashReport]())
    for await outcome in pool.outcomes(of: numbers.map(DivisorSum.init)) {
        switch outcome.result {
        case .success: done += 1
        case .failure(.died(let report)): reports.append(report)
        case .failure(let failure): print(failure)
        }
    }
    return (done, reports)
}

func countTagged(_ numbers: [Int], _ log: @escaping @Sendable (String) -> Void) async throws -> [Int] {
    var settings = WorkerSettings()
    settings.output = .lines { line in
        log("[\(line.worker ?? 0) \(line.stream) \(line.work ?? "idle")] \(line.text)")
    }
    let pool = try ProcessPool(workers: 2, settings: settings)
    let sums = try await pool.map(numbers.map(TalkativeSum.init))
    await pool.shutDown()
    return sums
}

func makeCarefulPool() throws(StartFailure) -> ProcessPool {
    var configuration = ProcessPool.Configuration(workers: 2)
    configuration.timeLimit = .seconds(10)
    configuration.grace = .milliseconds(500)
    configuration.maximumAttempts = 2
    configuration.maximumWorkPerWorker = 10_000
    configuration.memoryLimit = 512 << 20
    configuration.restartPolicy = RestartPolicy(maximumRestarts: 100, within: .seconds(60))
    return try ProcessPool(configuration)
}

func runTwiceIfNeeded<W: Work>(_ work: W, in pool: any WorkerPool) async throws(WorkFailure) -> W.Output {
    do {
        return try await pool.run(work)
    } catch .died(let report) where report.status == .signaled(9) {  // by whoever needed its memory
        return try await pool.run(work)
    }
}

func output<W: Work>(of work: W, within time: Duration) async throws(WorkFailure) -> W.Output {
    let child = try ChildProcess<W.Output>.start(work)
    if await waitForAny(of: [child], timeout: time).isEmpty { child.kill() }
    return try await child.outcome.get()
}

func countUnlessInterrupted(_ texts: [String]) async throws -> Int {
    do {
        return try await withInterruptHandling {
            try await withWorkerPool(.processes(2)) { pool in
                try await pool.map(texts.map(CountWords.init)).reduce(0, +)
            }
        }
    } catch let interrupted as Interrupted {
        print(interrupted)  // no worker is left; the place to remove what is unfinished
        interrupted.endProgram()  // by the same signal, as a shell or make expects
    }
}
