// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Multiprocessing

/// What one party alone can find out about an event.
struct EventAlone: Work {
    var form: WaitingForm

    func run() async throws {
        let event = try SharedEvent()
        try require(!event.isSet, "a new event was set")
        for isSet in [true, true, false, false] {
            if isSet { event.set() } else { event.clear() }
            try requireEqual(event.isSet, isSet)
        }
        try requireEqual(try await event.wait(form, timeout: .zero), false)
        let (isSet, time) = try await timed { try await event.wait(form, timeout: .milliseconds(60)) }
        try require(!isSet && time >= .milliseconds(60), "\(isSet) after \(time)")
        event.set()
        try requireEqual(try await event.wait(form), true)
        try requireEqual(try await event.wait(form, timeout: .seconds(60)), true)
        try requireEqual(try await event.wait(form, timeout: .zero), true)
        try require(event.isSet, "a wait cleared the event")
    }
}

/// Waits for an event twice.
struct WaitingTwice: Work {
    var event: SharedEvent
    var begun: Heart
    var form: WaitingForm
    func run() async throws -> [Bool] {
        begun.beat()
        let first = try await event.wait(form)
        let second = try await event.wait(form)
        return [first, second]
    }
}

/// Does not wait, and then waits for a time.
struct WaitingInVain: Work {
    struct Result: Codable, Sendable {
        var immediate: Bool
        var later: Bool
        var seconds: Double
    }

    var event: SharedEvent
    var form: WaitingForm
    func run() async throws -> Result {
        let immediate = try await event.wait(form, timeout: .zero)
        let (later, time) = try await timed { try await event.wait(form, timeout: .milliseconds(60)) }
        return Result(immediate: immediate, later: later, seconds: time / .seconds(1))
    }
}

/// Sets an event.
struct Setting: Work {
    var event: SharedEvent
    func run() { event.set() }
}

/// Waits for one event after another and answers each by setting another.
struct Answering: Work {
    var questions: [SharedEvent]
    var answers: [SharedEvent]
    var form: WaitingForm
    func run() async throws {
        for (question, answer) in zip(questions, answers) {
            try require(try await question.wait(form, timeout: .seconds(60)), "no question came")
            answer.set()
        }
    }
}

/// Is killed while it waits for an event.
struct DyingAtEvent: Work {
    var event: SharedEvent
    func run() async throws {
        let event = event
        Task.detached { try await event.wait() }
        _ = try await event.wait(timeout: .milliseconds(20))
        kill(getpid(), SIGKILL)
    }
}
