// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// A process for each start method: one begins with a single thread, and what is left is seen apart.
enum EachMethod {
    static func run(_ options: ChaosOptions) -> Int32 {
        var worst: Int32 = 0
        for method in options.methods {
            // What the workers write when they trap is of no interest.
            let silence = options.isVerbose ? nil : unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)  // a literal
            defer { if let silence { close(silence) } }
            do {
                let process = try Starting.program(
                    "/proc/self/exe", options.arguments(for: method), adding: Mark(seed: options.seed).text,
                    standardError: silence)
                var status: Int32 = 0
                // Fills in the status.
                while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
                // An exit's code, or a signal.
                let code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
                if code > 3 { Console.say("\(method.rawValue): FAILED: ended by itself with \(code)\n") }
                worst = max(worst, code)
            } catch {
                Console.complain("\(error)\n")
                worst = max(worst, 1)
            }
        }
        return worst
    }
}

/// One start method's share.
struct ChaosRun: Sendable {
    let options: ChaosOptions
    let mark: Mark
    let pool: ProcessPool
    let ledger: Ledger

    private var method: StartMethod { pool.startMethod }

    static func begin(_ options: ChaosOptions, _ mark: Mark) -> Never {
        // A first task starts threads, which `.fork` would refuse.
        if options.methods[0] != .fork { TaskLoop.begin() }
        let before = Leftovers()
        let ledger = Ledger()
        let work = start(options, mark, ledger)
        Watchdog.begin(ledger, mark, patience: options.patience)
        Task.detached {
            let time = await work.value
            ledger.enter("what is left is looked for")
            let left = before.found(mark, after: .seconds(2))
            let summary = Summary(
                method: options.methods[0], workers: options.workers, seed: options.seed, time: time, ledger: ledger,
                left: left)
            Console.say(options.isJSON ? summary.json : summary.text)
            mark.killBearers()
            exit(summary.holds ? 0 : 1)
        }
        while true { Glibc.pause() }
    }

    /// Nobody but the task holds the pool, so that it is gone with it.
    private static func start(_ options: ChaosOptions, _ mark: Mark, _ ledger: Ledger) -> Task<Duration, Never> {
        do {
            let pool = try ProcessPool(workers: options.workers, by: options.methods[0])
            let run = ChaosRun(options: options, mark: mark, pool: pool, ledger: ledger)
            return Task.detached { await run.toTheEnd() }
        } catch {
            Console.say("\(options.methods[0].rawValue): FAILED: \(error)\n")
            exit(1)
        }
    }

    private func toTheEnd() async -> Duration {
        let blows = Blows(against: pool, ledger, mark, calm: options.calm)
        blows.begin(seed: options.seed &+ 1)
        let began = ContinuousClock.now
        ledger.enter("work flows")
        let budget = Budget(options.pieces, over: options.time)
        await Flow(pool: pool, ledger: ledger, budget: budget, judge: Judge(method: method)).run(seed: options.seed)
        let time = ContinuousClock.now - began
        await lastAct(blows)
        return time
    }

    /// The end comes in the midst of work and blows.
    private func lastAct(_ blows: Blows) async {
        // Half of the seeds finish what there is.
        let mode = options.seed % 2 == 0 ? ShutDownMode.abandoning : .finishing
        ledger.enter("the pool shuts down, \(mode)")
        let last = Flow(
            pool: pool, ledger: ledger, budget: Budget(.max, over: nil),
            judge: Judge(method: method, isEnding: true))
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask { await last.farewell(serial: -1 - number, seed: options.seed) }
            }
            group.addTask { [self] in
                // Its only server: from now on no worker can be replaced, which the work is told.
                if method == .fork { for child in Leftovers.children { kill(child, SIGKILL) } }
                await pool.shutDown(mode)
            }
        }
        // The other mode, and the same once more: both come to the same end.
        await pool.shutDown(.abandoning)
        blows.end()
        ForkServer.stop()
    }
}

extension Flow {
    fileprivate func farewell(serial: Int, seed: UInt64) async {
        var maker = PieceMaker(seed: seed &+ UInt64(-serial))
        let piece = maker.next(serial)
        ledger.begin(serial, "\(piece) by run")
        let outcome = await result { () async throws(WorkFailure) in try await pool.run(piece) }
        ledger.end(serial, judge.verdict(on: piece, outcome), diedAs: outcome.deadProcess)
    }
}
