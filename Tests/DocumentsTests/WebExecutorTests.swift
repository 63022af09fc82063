// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct WebExecutorTests {
    private static let echo: ScriptedServer.Script = { [.answer($0.path)] }

    @Test func `a task on the loop reads what one elsewhere reads`() async throws {
        try await withServerAndReader(script: Self.echo) { server, reader in
            let executor = try #require(reader.webExecutor(forReader: 0))
            let texts = try await withTaskExecutorPreference(executor) {
                try await withThrowingTaskGroup(of: String.self) { group in
                    for number in 0..<50 { group.addTask { try await reader.text(of: server.url("/\(number)")) } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
            }
            #expect(texts == Set((0..<50).map { "/\($0)" }))
        }
    }

    @Test(arguments: [true, false])
    func `documents one after the other need one connection`(isOnLoop: Bool) async throws {
        try await withServerAndReader(script: Self.echo) { server, reader in
            try await withTaskExecutorPreference(isOnLoop ? reader.webExecutor(forReader: 0) : nil) {
                for number in 0..<20 { _ = try await reader.text(of: server.url("/\(number)")) }
            }
            #expect(server.connections == 1)
        }
    }

    @Test func `a task on the loop ends in time, is cancelled and tries again as elsewhere`() async throws {
        let script: ScriptedServer.Script = { request in
            switch request.path {
            case "/again": request.number == 1 ? [.answer(503)] : [.answer("second")]
            default: []
            }
        }
        try await withServerAndReader(limits: ReadLimits(timeout: 0.2), script: script) { server, reader in
            let executor = try #require(reader.webExecutor(forReader: 0))
            try await withTaskExecutorPreference(executor) {
                let text = try await reader.text(of: server.url("/again"))
                #expect(text == "second")
                let reason = await reader.failure(of: .web(server.url("/silent")))?.reason
                #expect(reason == .timedOut(afterSeconds: 0.2))
                let task = Task(executorPreference: executor) {
                    await reader.failure(of: .web(server.url("/cancelled")))?.reason
                }
                task.cancel()
                #expect(await task.value == .cancelled)
            }
        }
    }

    @Test func `many readers have several loops, few have one`() async throws {
        let client = WebClient(limits: ReadLimits())
        let most = WebClient.documentsPerLane
        let lanes = (0..<most * 9).map { client.lane(ofReader: $0).map(ObjectIdentifier.init) }
        #expect(Set(lanes[..<most]).count == 1)
        #expect(Set(lanes).count == WebClient.mostLanes)
        #expect(!lanes.contains(nil))
        await client.shutDown()
        #expect(client.lane(ofReader: 0) == nil && client.lane() == nil)
    }

    @Test func `another loop begins when one has enough to do, and documents go where there is least`() async throws {
        let client = WebClient(limits: ReadLimits())
        let first = try #require(client.lane())
        for _ in 0..<WebClient.documentsPerLane {
            #expect(client.lane() === first)
            first.beginDocument()
        }
        let second = try #require(client.lane())
        #expect((second === first) == (WebClient.mostLanes == 1))
        for _ in 0..<WebClient.documentsPerLane { first.endDocument() }
        #expect(first.documents == 0)
        second.beginDocument()
        #expect(client.lane() === first)
        second.endDocument()
        await client.shutDown()
    }

    @Test func `no task gets a loop of a reader that has been shut down`() async {
        let reader = DocumentReader()
        await reader.shutDown()
        #expect(reader.webExecutor(forReader: 0) == nil)
    }
}
