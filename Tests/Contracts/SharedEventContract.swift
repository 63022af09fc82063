// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

extension PoolContract {
    /// Works wait for the event twice, and it is set once they have begun.
    private static func notify(_ pool: any WorkerPool, _ event: SharedEvent, _ form: WaitingForm) async throws {
        let begun = try Heart()
        let works = (0..<5).map { _ in WaitingTwice(event: event, begun: begun, form: form) }
        async let results = pool.map(works, lookAhead: 5)
        await begun.reaches(5)
        event.set()
        try requireEqual(try await results, works.map { _ in [true, true] })
    }

    /// What an event owes between any workers.
    public static let event: [PoolContract] = [
        PoolContract(
            "an event is set until it is cleared, and waits end at once or in time",
            origins: ["lock_tests.EventTests.test_is_set", "_test_multiprocessing._TestEvent.test_event"]
        ) { pool in
            for form in WaitingForm.allCases {
                try await pool.run(EventAlone(form: form))
                // And the same between two: it stays set for who comes later.
                let event = try SharedEvent()
                async let set: Void = pool.run(Setting(event: event))
                try requireEqual(try await event.wait(form), true)
                try await set
                try require(event.isSet, "a wait cleared the event")
            }
        },
        PoolContract(
            "all who wait go on when an event is set, and do not wait again", workers: 5,
            origins: ["lock_tests.EventTests.test_notify"]
        ) { pool in
            for form in WaitingForm.allCases {
                let event = try SharedEvent()
                try await notify(pool, event, form)
                event.set()
                event.clear()
                try await notify(pool, event, form)
            }
        },
        PoolContract(
            "a wait for an event ends in time for each", workers: 5, origins: ["lock_tests.EventTests.test_timeout"]
        ) { pool in
            for form in WaitingForm.allCases {
                let event = try SharedEvent()
                let works = (0..<5).map { _ in WaitingInVain(event: event, form: form) }
                for result in try await pool.map(works, lookAhead: 5) {
                    try require(!result.immediate && !result.later && result.seconds >= 0.06, "found \(result)")
                }
                event.set()
                for result in try await pool.map(works, lookAhead: 5) {
                    try require(result.immediate && result.later, "found \(result)")
                }
            }
        },
        PoolContract(
            "an event that somebody waits for works on in processes that begin meanwhile",
            origins: ["lock_tests.EventTests.test_at_fork_reinit"]
        ) { pool in
            let (first, second) = (try SharedEvent(), try SharedEvent())
            let waiting = (0..<3).map { _ in Task { try await first.wait() } }
            try await pool.run(Setting(event: first))
            for task in waiting { try requireEqual(try await task.value, true) }
            first.clear()
            try await pool.run(EventAlone(form: .blocking))
            let again = Task { try await first.wait() }
            try await pool.run(Setting(event: second))
            try await pool.run(Setting(event: first))
            try requireEqual(try await again.value, true)
            try require(second.isSet, "two events were one")
        },
        PoolContract("events go to and fro, and none is lost") { pool in
            for form in WaitingForm.allCases {
                let questions = try (0..<100).map { _ in try SharedEvent() }
                let answers = try (0..<100).map { _ in try SharedEvent() }
                async let answered: Void = pool.run(Answering(questions: questions, answers: answers, form: form))
                for (question, answer) in zip(questions, answers) {
                    question.set()
                    try require(try await answer.wait(form, timeout: .seconds(60)), "no answer came")
                }
                try await answered
            }
        },
        PoolContract("a cancelled wait for an event ends at once") { pool in
            let event = try SharedEvent()
            let tasks = (0..<4).map { _ in Task { try await event.wait() } }
            for task in tasks { task.cancel() }
            for task in tasks {
                do {
                    throw Violation("waited for an event: \(try await task.value)")
                } catch is CancellationError {}
            }
            async let set: Void = pool.run(Setting(event: event))
            try requireEqual(try await event.wait(), true)
            try await set
        },
    ]

    /// What an event owes between processes.
    public static let eventOfProcesses: [PoolContract] = [
        PoolContract("a process that dies while it waits for an event keeps nobody from it", workers: 3) { pool in
            for form in WaitingForm.allCases {
                let event = try SharedEvent()
                let begun = try Heart()
                async let others = pool.map(
                    (0..<2).map { _ in WaitingTwice(event: event, begun: begun, form: form) }, lookAhead: 2)
                await begun.reaches(2)
                _ = try await report(of: DyingAtEvent(event: event), in: pool)
                try require(!event.isSet, "a death set the event")
                event.set()
                try requireEqual(try await others, [[true, true], [true, true]])
            }
        }
    ]
}
