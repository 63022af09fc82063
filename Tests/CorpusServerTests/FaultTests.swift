// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import TestSupport
import Testing

@Suite(.leavesNothingBehind(after: RawClient.warmUp))
struct FaultTests {
    private let corpus = GeneratedCorpus(documentCount: 1, byteCounts: 1_000...1_000)

    @Test(arguments: ["GET /rfc1000.txt", "GET /", "HEAD /rfc1000.txt", "GET /none"])
    func `every answer is delayed`(requestLine: String) async throws {
        let delay = Duration.milliseconds(120)
        try await withCorpusServer(CorpusServer(.generated(corpus), delay: delay)) { baseURL in
            let elapsed = try await ContinuousClock().measure {
                _ = try await RawClient.send(requestLine, to: baseURL)
            }
            #expect(elapsed >= delay)
        }
    }

    @Test func `requests wait beside one another`() async throws {
        let delay = Duration.milliseconds(400)
        try await withCorpusServer(CorpusServer(.generated(corpus), delay: delay)) { baseURL in
            let elapsed = try await ContinuousClock().measure {
                try await withThrowingTaskGroup { group in
                    for _ in 0..<20 {
                        group.addTask { try await RawClient.send("GET /rfc1000.txt", to: baseURL).status }
                    }
                    for try await status in group { #expect(status == 200) }
                }
            }
            // One after the other they would take 8 seconds.
            #expect(elapsed < delay * 10)
        }
    }

    @Test(arguments: [(0, []), (30, [4, 7, 10, 14, 17, 20]), (100, Array(1...20))])
    func `requests fail by the percentage, at known places`(percent: Int, failing: [Int]) async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus), failurePercent: percent)) { baseURL in
            var failed: [Int] = []
            for number in 1...20 {
                let answer = try await RawClient.send("GET /rfc1000.txt", to: baseURL)
                #expect(answer.status == 200 || answer.status == 503)
                if answer.status == 503 { failed.append(number) }
            }
            #expect(failed == failing)
        }
    }

    @Test func `failures are delayed, too`() async throws {
        let delay = Duration.milliseconds(120)
        let server = CorpusServer(.generated(corpus), delay: delay, failurePercent: 100)
        try await withCorpusServer(server) { baseURL in
            let elapsed = try await ContinuousClock().measure {
                try await #expect(RawClient.send("GET /rfc1000.txt", to: baseURL).status == 503)
            }
            #expect(elapsed >= delay)
        }
    }

    @Test func `requests at the same time fail by the percentage as well`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus), failurePercent: 30)) { baseURL in
            let failed = try await withThrowingTaskGroup { group in
                for _ in 0..<100 { group.addTask { try await RawClient.send("GET /rfc1000.txt", to: baseURL).status } }
                return try await group.reduce(0) { $0 + ($1 == 503 ? 1 : 0) }
            }
            #expect(failed == 30)
        }
    }
}
