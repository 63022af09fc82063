// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// Sixteen mishaps in two forms: alone, and submitted by who has just had an output while other work is in flight.
    ///
    /// The two that end the process which encodes work or decodes outputs end the program itself: a test starts a program
    /// for those.
    public static let mishaps =
        mishapsEncodingWork + mishapsDecodingWork + mishapsRunning + mishapsEncodingOutput + mishapsDecodingOutput

    private static let mishapsEncodingWork = Form.allCases.map { form in
        PoolContract(
            "while encoding the work, \(form.sentence("an error"))",
            origins: [
                "loky.test_reusable_executor.test_crashes",
                "loky.test_reusable_executor.test_in_callback_submit_with_crash",
                "test_deadlock.ExecutorDeadlockTest.test_error_at_task_pickle",
            ], form.check([.error], .encodingWork))
    }

    private static let mishapsDecodingWork = combinations.map { form, kind in
        PoolContract(
            "while decoding the work, \(form.sentence(kind.rawValue))",
            origins: [
                "loky.test_reusable_executor.test_crashes",
                "loky.test_reusable_executor.test_in_callback_submit_with_crash",
                "loky.test_reusable_executor.test_informative_error_when_fail_at_unpickle",
                "test_deadlock.ExecutorDeadlockTest.test_exit_at_task_unpickle",
                "test_deadlock.ExecutorDeadlockTest.test_error_at_task_unpickle",
                "test_deadlock.ExecutorDeadlockTest.test_crash_at_task_unpickle",
            ], form.check(kind.ways, .decodingWork))
    }

    private static let mishapsRunning = combinations.map { form, kind in
        PoolContract(
            "while running, \(form.sentence(kind.rawValue))",
            origins: [
                "loky.test_reusable_executor.test_crashes",
                "loky.test_reusable_executor.test_in_callback_submit_with_crash",
                "loky._test_process_executor.test_exited_child",
                "test_deadlock.ExecutorDeadlockTest.test_crash_during_func_exec_on_worker",
                "test_deadlock.ExecutorDeadlockTest.test_exit_during_func_exec_on_worker",
                "test_deadlock.ExecutorDeadlockTest.test_error_during_func_exec_on_worker",
            ], form.check(kind.ways, .running))
    }

    private static let mishapsEncodingOutput = combinations.map { form, kind in
        PoolContract(
            "while encoding the output, \(form.sentence(kind.rawValue))",
            origins: [
                "loky.test_reusable_executor.test_crashes",
                "loky.test_reusable_executor.test_in_callback_submit_with_crash",
                "test_deadlock.ExecutorDeadlockTest.test_crash_during_result_pickle_on_worker",
                "test_deadlock.ExecutorDeadlockTest.test_exit_during_result_pickle_on_worker",
                "test_deadlock.ExecutorDeadlockTest.test_error_during_result_pickle_on_worker",
            ], form.check(kind.ways, .encodingOutput))
    }

    private static let mishapsDecodingOutput = Form.allCases.map { form in
        PoolContract(
            "while decoding the output, \(form.sentence("an error"))",
            origins: [
                "loky.test_reusable_executor.test_crashes",
                "loky.test_reusable_executor.test_in_callback_submit_with_crash",
                "test_deadlock.ExecutorDeadlockTest.test_error_during_result_unpickle_in_result_handler",
            ], form.check([.error], .decodingOutput))
    }

    private static let combinations = Form.allCases.flatMap { form in Kind.allCases.map { (form, $0) } }
}

/// What a worker may do in the middle of something.
private enum Kind: String, CaseIterable {
    case error = "an error"
    case exit = "an exit"
    case immediateExit = "an exit without handlers"
    case crash = "a crash"

    var ways: [Mishap.Way] {
        switch self {
        case .error: [.error]
        case .exit: [.exit]
        case .immediateExit: [.immediateExit]
        case .crash: [.segmentationFault, .abort, .trap, .kill]
        }
    }
}

private enum Form: CaseIterable {
    case alone, amongOthers

    func sentence(_ kind: String) -> String {
        switch self {
        case .alone: "\(kind) is this work's failure, and the pool goes on"
        case .amongOthers: "\(kind) touches no other work, also when submitted after an output"
        }
    }

    func check(_ ways: [Mishap.Way], _ step: Mishap.Step) -> @Sendable (any WorkerPool) async throws -> Void {
        { pool in
            for way in ways {
                switch self {
                case .alone: try await Self.checkAlone(Mishap(way, while: step), pool)
                case .amongOthers: try await Self.checkAmongOthers(Mishap(way, while: step), pool)
                }
            }
        }
    }

    private static func checkAlone(_ mishap: Mishap, _ pool: any WorkerPool) async throws {
        try requireFailure(try await failure(of: MeetingMishap(mishap), in: pool), isOf: mishap)
        try requireEqual(try await pool.run(MeetingMishap(number: 5)).number, 5)
        try requireEqual(try await pool.map((0..<8).map(Square.init)), (0..<8).map { $0 * $0 })
    }

    private static func checkAmongOthers(_ mishap: Mishap, _ pool: any WorkerPool) async throws {
        // One who has an output and goes on from there.
        let chain = Task {
            try requireEqual(try await pool.run(Square(number: 3)), 9)
            let failure = try await failure(of: MeetingMishap(mishap), in: pool)
            try requireEqual(try await pool.run(Square(number: 4)), 16)
            return failure
        }
        var places: Set<Int> = []
        let works = (0..<18).map { MeetingMishap(number: $0, $0 % 6 == 3 ? mishap : nil) }
        for await outcome in pool.outcomes(of: works) {
            try require(places.insert(outcome.index).inserted, "two outcomes of work \(outcome.index)")
            switch outcome.result {
            case .success(let output): try requireEqual(output.number, outcome.index)
            case .failure(let failure):
                try requireEqual(outcome.index % 6, 3)
                try requireFailure(failure, isOf: mishap)
            }
        }
        try requireEqual(places.count, works.count)
        try requireFailure(try await chain.value, isOf: mishap)
    }
}
