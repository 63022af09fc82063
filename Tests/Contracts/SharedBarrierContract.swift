// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    private static let parties = 5

    /// Five parties do the same; what they answer, in order of size.
    private static func meet(
        _ pool: any WorkerPool, _ script: BarrierParty.Script, _ form: WaitingForm, timeout: Duration? = nil
    ) async throws -> (results: [Int], barrier: SharedBarrier) {
        let barrier = try SharedBarrier(parties: parties, timeout: timeout)
        let party = try BarrierParty(script, barrier, form)
        let results = try await pool.map(Array(repeating: party, count: parties), lookAhead: parties)
        return (results.sorted(), barrier)
    }

    /// In both forms, what the five answer in order of size, and whether the barrier is broken then.
    private static func meeting(
        _ script: BarrierParty.Script, expecting expected: [Int], timeout: Duration? = nil, isBroken: Bool = false
    ) -> @Sendable (any WorkerPool) async throws -> Void {
        { pool in
            for form in WaitingForm.allCases {
                let (results, barrier) = try await meet(pool, script, form, timeout: timeout)
                try requireEqual(results, expected)
                try requireEqual(barrier.isBroken, isBroken)
                try requireEqual(barrier.waitingCount, 0)
            }
        }
    }

    private static let barrierRounds: [PoolContract] = [
        PoolContract(
            "nobody goes on before all parties are there", workers: 5,
            origins: ["lock_tests.BarrierTests.test_barrier", "_test_multiprocessing._TestBarrier.test_barrier"],
            meeting(.passes(1), expecting: [1, 1, 1, 1, 1])),
        PoolContract(
            "a barrier is passed in lockstep again and again", workers: 5,
            origins: ["lock_tests.BarrierTests.test_barrier_10", "_test_multiprocessing._TestBarrier.test_barrier_10"],
            meeting(.passes(10), expecting: [10, 10, 10, 10, 10])),
        PoolContract(
            "each party of a round gets another index", workers: 5,
            origins: [
                "lock_tests.BarrierTests.test_wait_return", "_test_multiprocessing._TestBarrier.test_wait_return",
            ],
            meeting(.index, expecting: [0, 1, 2, 3, 4])),
        PoolContract(
            "one action is run before the parties go on", workers: 5,
            origins: ["lock_tests.BarrierTests.test_action", "_test_multiprocessing._TestBarrier.test_action"],
            meeting(.action, expecting: [1, 1, 1, 1, 1])),
        PoolContract(
            "a thousand rounds keep their order", workers: 5,
            origins: ["_test_multiprocessing._TestBarrier.test_thousand"],
            meeting(.thousand, expecting: Array(repeating: 1_000, count: 5))),
        PoolContract(
            "a party alone passes at once",
            origins: [
                "lock_tests.BarrierTests.test_single_thread", "_test_multiprocessing._TestBarrier.test_single_thread",
            ]
        ) { pool in
            let barrier = try SharedBarrier(parties: 1)
            for form in WaitingForm.allCases {
                for _ in 0..<2 { try require(try await pool.run(Meeting(barrier: barrier, form: form)), "it broke") }
                try requireEqual(try await barrier.wait(form), 0)
            }
        },
        PoolContract(
            "a barrier for nobody, or less, is refused", origins: ["lock_tests.BarrierTests.test_constructor"]
        ) { _ in
            for parties in [0, -1, Int.min, 65_536] {
                do {
                    _ = try SharedBarrier(parties: parties)
                    throw Violation("made a barrier for \(parties) parties")
                } catch SharedMemoryError.invalidCount(parties, of: _) {}
            }
        },
    ]

    private static let barrierBreaks: [PoolContract] = [
        PoolContract(
            "an aborted barrier is broken for all", workers: 5,
            origins: ["lock_tests.BarrierTests.test_abort", "_test_multiprocessing._TestBarrier.test_abort"],
            meeting(.abort, expecting: [1, 1, 1, 1, 2], isBroken: true)),
        PoolContract(
            "a reset frees those who wait, and the barrier goes on", workers: 5,
            origins: ["lock_tests.BarrierTests.test_reset", "_test_multiprocessing._TestBarrier.test_reset"],
            meeting(.reset, expecting: [1, 1, 1, 1, 2])),
        PoolContract(
            "a broken barrier can be reset", workers: 5,
            origins: [
                "lock_tests.BarrierTests.test_abort_and_reset",
                "_test_multiprocessing._TestBarrier.test_abort_and_reset",
            ],
            meeting(.abortAndReset, expecting: [1, 1, 1, 1, 2])),
        PoolContract(
            "a party that waits too long breaks the barrier for all", workers: 5,
            origins: ["lock_tests.BarrierTests.test_timeout", "_test_multiprocessing._TestBarrier.test_timeout"],
            meeting(.timeout, expecting: [1, 1, 1, 1, 1], isBroken: true)),
        PoolContract(
            "a barrier has a timeout of its own", workers: 5,
            origins: [
                "lock_tests.BarrierTests.test_default_timeout",
                "_test_multiprocessing._TestBarrier.test_default_timeout",
            ],
            meeting(.defaultTimeout, expecting: [1, 1, 1, 1, 1], timeout: .milliseconds(60), isBroken: true)),
        PoolContract(
            "an action that throws breaks the barrier for the others", workers: 5,
            meeting(.failingAction, expecting: [1, 2, 2, 2, 2], isBroken: true)),
        PoolContract("a cancelled party breaks the barrier for the others") { pool in
            for form in WaitingForm.allCases {
                let barrier = try SharedBarrier(parties: 3)
                async let passed = pool.run(Meeting(barrier: barrier, form: form))
                let task = Task {
                    do throws(SharedBarrierError<Never>) { try await barrier.wait() } catch {
                        return error == .cancelled
                    }
                    return false
                }
                while barrier.waitingCount < 2 { await Task.yield() }
                task.cancel()
                try require(await task.value, "the wait did not end as cancelled")
                try require(!(try await passed), "the other passed")
                try require(barrier.isBroken, "it is not broken")
            }
        },
    ]

    /// What a barrier owes between any workers.
    public static let barrier = barrierRounds + barrierBreaks

    /// What a barrier owes between processes.
    public static let barrierOfProcesses: [PoolContract] =
        DyingAtBarrier.Moment.allCases.map { moment in
            PoolContract("a process that dies at a barrier (\(moment)) breaks it for the others until it is reset") {
                pool in
                for form in WaitingForm.allCases {
                    let barrier = try SharedBarrier(parties: moment == .between ? 2 : moment == .acting ? 2 : 3)
                    // This process is one party; between rounds it passes one with the other.
                    async let dead = report(
                        of: DyingAtBarrier(barrier: barrier, moment: moment, count: moment == .waiting ? 2 : 1),
                        in: pool)
                    if moment == .between { try await barrier.wait(form) }
                    try require(try await barrier.breaks(form), "passed with the dead")
                    _ = try await dead
                    try require(barrier.isBroken, "it is not broken")
                    try require(try await barrier.breaks(form), "a broken one was passed")
                    barrier.reset()
                    async let passed = pool.map(
                        (1..<barrier.parties).map { _ in Meeting(barrier: barrier, form: form) }, lookAhead: 2)
                    try await barrier.wait(form, timeout: .seconds(60))
                    try require(try await passed.allSatisfy { $0 }, "broken after a reset")
                }
            }
        } + [
            PoolContract("a process that has let go of a barrier may end without breaking it") { pool in
                for form in WaitingForm.allCases {
                    let barrier = try SharedBarrier(parties: 2)
                    async let passed = pool.run(Meeting(barrier: barrier, form: form))
                    try await barrier.wait(form, timeout: .seconds(60))
                    try require(try await passed, "the first round was broken")
                    for _ in 0..<2 { _ = try await report(of: Dying(way: .kill), in: pool) }
                    // Long enough for several looks at who lives.
                    async let second = pool.run(Meeting(barrier: barrier, form: form))
                    while barrier.waitingCount < 1 { await Task.yield() }
                    try require(try await outlasts(barrier, .milliseconds(60)), "a round without the dead broke")
                    try await barrier.wait(form, timeout: .seconds(60))
                    try require(try await second, "the second round was broken")
                }
            }
        ]

    /// Whether nobody breaks a barrier for some time.
    private static func outlasts(_ barrier: SharedBarrier, _ time: Duration) async throws -> Bool {
        let end = ContinuousClock.now.advanced(by: time)
        while ContinuousClock.now < end, !barrier.isBroken { await Task.yield() }
        return !barrier.isBroken
    }
}
