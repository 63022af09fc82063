// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// A test waits for what happens, not for time to pass.
enum SleepRule {
    /// The file that looks again and again for what the kernel takes away without an event.
    private static let patience = "Tests/Support/Patience.swift"
    private static let permission = "// allowed: sleep is the subject"

    static func violations(in file: SourceFile) -> [Violation] {
        if file.path == patience { return [] }
        return file.numberedCode.compactMap { line in
            guard sleeps(line.text), !file.lines[line.number - 1].contains(permission) else { return nil }
            return file.violation(line.number, "sleeps: wait for a gate, a clock or a descriptor")
        }
    }

    private static let calls: Set = ["usleep", "nanosleep", "clock_nanosleep", "sleepForTimeInterval"]
    /// A clock of the test's own stands still while nobody moves it; these do not.
    private static let receivers: Set = ["Task", "Thread", "ContinuousClock", "SuspendingClock", "Glibc", ">"]

    private static func sleeps(_ code: String) -> Bool {
        let words = Tokens.inLine(code).map(\.text)
        return words.indices.contains { index in
            if calls.contains(words[index]) { return true }
            guard words[index] == "sleep", index + 1 < words.count, words[index + 1] == "(" else { return false }
            switch words[..<index].last {
            case "func": return false
            case ".": return receivers.contains(receiver(before: index - 1, words))
            default: return true
            }
        }
    }

    /// The name before a dot, past a call's parentheses.
    private static func receiver(before dot: Int, _ words: [String]) -> String {
        var depth = 0
        for word in words[..<dot].reversed() {
            if word == ")" { depth += 1 }
            if depth == 0 { return word }
            if word == "(" { depth -= 1 }
        }
        return ""
    }
}

@Suite struct SleepRuleTests {
    @Test func `no test sleeps`() {
        expectNone(SourceTree.tests.flatMap(SleepRule.violations), "tests do not sleep")
    }

    @Test(arguments: [
        "sleep(1)", "usleep(10)", "Glibc.usleep(1)", "try await Task.sleep(for: .seconds(1))",
        "unsafe nanosleep(&a, nil)",
        "Thread.sleep(forTimeInterval: 1)", "Glibc.sleep(1)", "Task { await Task<Never, Never>.sleep(nanoseconds: 1) }",
        "try await ContinuousClock().sleep(for: .seconds(1))",
    ])
    func `the rule finds`(_ text: String) {
        #expect(SleepRule.violations(in: SourceFile("Tests/A.swift", text)).count == 1)
    }

    @Test(arguments: [
        "try await clock.sleep(for: .seconds(1))", "Task { try await clock.sleep(for: a()) }", "// sleep(1)",
        "run(\"sleep(1)\")", "asleep(1)",
        "func sleep(until deadline: Instant) {}", "usleep(10)  // allowed: sleep is the subject",
    ])
    func `the rule lets pass`(_ text: String) {
        #expect(SleepRule.violations(in: SourceFile("Tests/A.swift", text)).isEmpty)
    }
}
