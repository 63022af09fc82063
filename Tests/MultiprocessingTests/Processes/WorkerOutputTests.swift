// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Contracts
import Multiprocessing
import TestSupport
import Testing

/// What becomes of what workers write, seen from outside.
@Suite("A worker's output", .leavesNothingBehind)
struct WorkerOutputTests {
    private static let printed = ["it printed", "it and more"]
    private static let written = ["it in pieces", "it with CR", "", "it unended"]

    @Test("comes line by line with its worker and work", arguments: StartMethod.allCases, ["pool", "child"])
    func lines(_ method: StartMethod, _ owner: String) async throws {
        let lines = try await lines(of: "\(owner)Lines", method)
        #expect(lines.last == "done")
        let worker = owner == "pool" ? "1" : "-"
        for (stream, texts) in [("output", Self.printed), ("error", Self.written)] {
            // The last one comes when the worker ends: a pool's has no work by then.
            let found = lines.filter { $0.hasPrefix(stream) }
            let unended = owner == "pool" ? "-" : "Speaking(word: \"it\")"
            #expect(
                found
                    == texts.map {
                        "\(stream) true \(worker) \($0.hasSuffix("unended") ? unended : "Speaking(word: \"it\")") |\($0)|"
                    })
        }
    }

    @Test("comes to the program's own streams", arguments: StartMethod.allCases, ["pool", "child"])
    func passed(_ method: StartMethod, _ owner: String) async throws {
        let result = try await run("\(owner)Passed", method)
        #expect(result.standardOutput == "it printed\nit and more\ndone\n")
        #expect(result.standardError == "it in pieces\nit with CR\r\n\nit unended")
    }

    @Test("is thrown away", arguments: StartMethod.allCases, ["pool", "child"])
    func discarded(_ method: StartMethod, _ owner: String) async throws {
        let result = try await run("\(owner)Discarded", method)
        #expect(result.standardOutput == "done\n")
        #expect(result.standardError == "")
    }

    @Test("is left alone", arguments: StartMethod.allCases, ["pool", "child"])
    func inherited(_ method: StartMethod, _ owner: String) async throws {
        let result = try await run("\(owner)Inherited", method)
        #expect(result.standardOutput == "it printed\nit and more\ndone\n")
        #expect(result.standardError == "it in pieces\nit with CR\r\n\nit unended")
    }

    @Test("is unbroken though eight write at once", arguments: StartMethod.allCases)
    func crowd(_ method: StartMethod) async throws {
        let result = try await run("crowd", method)
        let expected = Set((0..<8).flatMap { worker in (0..<1_000).map { "worker \(worker) says line \($0)." } })
        for text in [result.standardOutput, result.standardError] {
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.count == 8_000)
            #expect(Set(lines) == expected)
        }
    }

    @Test("of a program that its work starts comes, too", arguments: StartMethod.allCases)
    func grandchild(_ method: StartMethod) async throws {
        let lines = try await lines(of: "programLines", method)
        let work = "1 SpeakingThroughProgram()"
        #expect(
            lines.sorted() == [
                "done", "error true \(work) |trouble of a program|", "output true \(work) |out of a program|",
            ])
        let passed = try await run("programPassed", method)
        #expect(passed.standardOutput == "out of a program\ndone\n")
        #expect(passed.standardError == "trouble of a program\n")
    }

    @Test("of any length needs little memory here", arguments: StartMethod.allCases)
    func flood(_ method: StartMethod) async throws {
        let words = try await lines(of: "flood", method).last?.split(separator: " ").map(String.init) ?? []
        #expect(words.first == "100000000")
        #expect(isLittle(words.last))
    }

    @Test("that nobody takes stops the worker and is not held here", arguments: StartMethod.allCases)
    func unread(_ method: StartMethod) async throws {
        let line = try #require(try await lines(of: "unreadFlood", method).last)
        #expect(line.hasPrefix("success"))
        #expect(isLittle(line.split(separator: " ").last.map(String.init)))
    }

    /// Of KiB. The address sanitizer keeps what was freed.
    private func isLittle(_ growth: String?) -> Bool {
        growth.flatMap { Int($0) }.map { $0 < 8 << 10 || Sanitizer.isActive } ?? false
    }

    private func run(_ command: String, _ method: StartMethod) async throws -> ProgramResult {
        let result = try await Program.run(
            try BuiltProducts.path(of: "Probe"), [command, method.rawValue], deadline: .seconds(240))
        #expect(result.status == .exited(0), "\(result.standardOutput)\(result.standardError)")
        return result
    }

    private func lines(of command: String, _ method: StartMethod) async throws -> [String] {
        try await run(command, method).standardOutput.split(separator: "\n").map(String.init)
    }
}
