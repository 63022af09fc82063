// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct WebFailureTests {
    @Test(arguments: [400, 401, 403, 404, 410, 304])
    func `a final status fails at once`(status: Int) async throws {
        try await withServerAndReader(script: { _ in [.answer(status)] }) { server, reader in
            let failure = await reader.failure(of: .web(server.url("/x")))
            #expect(
                failure == DocumentFailure(document: server.url("/x"), reason: .httpStatus(status), attempts: 1))
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [408, 425, 429, 500, 502, 503, 504])
    func `a passing status is tried again`(status: Int) async throws {
        let pauses = Pauses()
        let script: ScriptedServer.Script = { $0.number < 3 ? [.answer(status)] : [.answer("third")] }
        try await withServerAndReader(pauses: pauses, script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "third")
            #expect(server.requests.count == 3)
            #expect(pauses.all == [.milliseconds(250), .milliseconds(500)])
        }
    }

    @Test func `no more is tried than was allowed`() async throws {
        let limits = ReadLimits(retries: 2)
        try await withServerAndReader(limits: limits, script: { _ in [.answer(503)] }) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason == .httpStatus(503))
            #expect(failure?.attempts == 3)
            #expect(server.requests.count == 3)
            #expect(
                failure?.description
                    == "cannot read \(server.url()): the server answered 503 Service Unavailable (after 3 attempts)")
        }
    }

    @Test(arguments: [("7", 7.0), ("3600", 60), ("Sun, 06 Nov 1994 08:49:49 GMT", 12), ("nonsense", 0)])
    func `a server that asks to wait is obeyed up to a minute`(retryAfter: String, seconds: Double) async throws {
        let pauses = Pauses()
        let script: ScriptedServer.Script = { request in
            let headers = ["retry-after: \(retryAfter)", "date: Sun, 06 Nov 1994 08:49:37 GMT"]
            return request.number == 1 ? [.answer(429, headers: headers)] : [.answer("second")]
        }
        try await withServerAndReader(random: 0, pauses: pauses, script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "second")
            #expect(pauses.all == [.seconds(seconds)])
        }
    }

    @Test func `a refused connection is tried again and named`() async throws {
        let port = try await closedPort()
        let pauses = Pauses()
        try await withReader(limits: ReadLimits(retries: 1), pauses: pauses) { reader in
            let failure = await reader.failure(of: .web("http://127.0.0.1:\(port)/"))
            #expect(failure?.reason == .connection("Connection refused"))
            #expect(failure?.attempts == 2)
            #expect(pauses.all.count == 1)
        }
    }

    @Test func `a refused connection of a host with a name is named as well`() async throws {
        let port = try await closedPort()
        try await withReader(limits: ReadLimits(retries: 0)) { reader in
            let failure = await reader.failure(of: .web("http://localhost:\(port)/"))
            #expect(failure?.reason == .connection("Connection refused"))
        }
    }

    @Test func `a name that nobody knows is told`() async throws {
        try await withReader(limits: ReadLimits(retries: 0)) { reader in
            let failure = await reader.failure(of: .web("http://nobody.invalid/"))
            #expect(failure?.reason == .connection("the host name nobody.invalid cannot be resolved"))
        }
    }

    @Test func `a connection that is not made in time is tried again`() async throws {
        // A server that never answers the first message of the encryption.
        let limits = ReadLimits(connectTimeout: 0.1, retries: 1)
        try await withServerAndReader(limits: limits, script: { _ in [] }) { server, reader in
            let failure = await reader.failure(of: .web("https://127.0.0.1:\(server.port)/"))
            #expect(failure?.reason == .connection("no connection within 0.1 s"))
            #expect(failure?.attempts == 2)
        }
    }

    @Test func `a connection closed without an answer is tried again`() async throws {
        let script: ScriptedServer.Script = { $0.number == 1 ? [.close] : [.answer("second")] }
        try await withServerAndReader(script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "second")
        }
    }

    @Test func `nothing of a body that is cut short is counted`() async throws {
        let script: ScriptedServer.Script = { request in
            request.number < 3
                ? [.head("content-length: 26"), .send(Array("abcdefghij".utf8)), .close]
                : [.answer("abcdefghijklmnopqrstuvwxyz")]
        }
        try await withServerAndReader(script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "abcdefghijklmnopqrstuvwxyz")
            #expect(server.requests.count == 3)
        }
    }

    @Test(arguments: ["content-length: 26", "transfer-encoding: chunked"])
    func `a body that is always cut short fails`(header: String) async throws {
        let script: ScriptedServer.Script = { _ in [.head(header), .send(Array("a\r\nabcdefghij\r\n".utf8)), .close] }
        try await withServerAndReader(limits: ReadLimits(retries: 1), script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason == .truncated)
            #expect(failure?.attempts == 2)
        }
    }

    @Test func `a compressed body that is cut short is tried again, with and without a length`() async throws {
        let gzip = "content-encoding: gzip"
        let cut = ScriptedServer.Step.send(Compressed.gzip.dropLast(20))
        let script: ScriptedServer.Script = { request in
            switch request.number {
            case 1: [.head(gzip), cut, .close]
            case 2: [.head(gzip, "content-length: \(Compressed.gzip.count)"), cut, .close]
            default: [.answer(200, Compressed.gzip, headers: [gzip])]
            }
        }
        try await withServerAndReader(script: script) { server, reader in
            let content = try await reader.content(of: .web(server.url()))
            #expect(content == Compressed.text)
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a connection that is reset in the middle is tried again`() async throws {
        let script: ScriptedServer.Script = { request in
            request.number == 1
                ? [.head("content-length: 6"), .send(Array("abc".utf8)), .reset] : [.answer("abcdef")]
        }
        try await withServerAndReader(script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "abcdef")
            #expect(server.requests.count == 2)
        }
    }

    @Test func `an endless body is cut and not tried again`() async throws {
        let piece = [UInt8](repeating: 0x61, count: 10_000)
        let script: ScriptedServer.Script = { _ in [.head(), .sendForEver(piece)] }
        try await withServerAndReader(limits: ReadLimits(maximumBytes: 1_000_000), script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason == .tooLarge(limit: 1_000_000))
            #expect(failure?.attempts == 1)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [(99, false), (100, true)])
    func `a body may be exactly as large as the limit`(limit: UInt64, fits: Bool) async throws {
        let body = [UInt8](repeating: 0x61, count: 100)
        let lengthless: ScriptedServer.Script = { request in
            request.path == "/length" ? [.answer(200, body)] : [.head(), .send(body), .close]
        }
        try await withServerAndReader(limits: ReadLimits(maximumBytes: limit), script: lengthless) { server, reader in
            for path in ["/length", "/none"] {
                let reason = await reader.failure(of: .web(server.url(path)))?.reason
                #expect(reason == (fits ? nil : .tooLarge(limit: limit)))
            }
        }
    }

    @Test func `a small body that unpacks to a huge one is cut`() async throws {
        let bomb = Compressed.bomb(runs: 200_000)
        #expect(bomb.count < 400_000)
        let script: ScriptedServer.Script = { _ in [.answer(200, bomb, headers: ["content-encoding: gzip"])] }
        try await withServerAndReader(limits: ReadLimits(maximumBytes: 5_000_000), script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason == .tooLarge(limit: 5_000_000))
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: ["/silent", "/stalled", "/moved"])
    func `an answer that does not end in time fails`(path: String) async throws {
        let script: ScriptedServer.Script = { request in
            switch request.path {
            case "/silent": []
            case "/moved": [.redirect(to: "/again")]
            case "/again": [.redirect(to: "/silent")]
            default: [.head("content-length: 26"), .send(Array("abc".utf8))]
            }
        }
        try await withServerAndReader(limits: ReadLimits(timeout: 0.2), script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url(path)))
            #expect(failure?.reason == .timedOut(afterSeconds: 0.2))
            #expect(failure?.attempts == 1)
            #expect(failure?.description == "cannot read \(server.url(path)): timed out: not complete after 0.2 s")
        }
    }

    @Test func `an endless trickle does not outlive its time`() async throws {
        let script: ScriptedServer.Script = { _ in [.head(), .sendForEver([0x61])] }
        try await withServerAndReader(limits: ReadLimits(timeout: 0.2), script: script) { server, reader in
            #expect(await reader.failure(of: .web(server.url()))?.reason == .timedOut(afterSeconds: 0.2))
        }
    }

    @Test(arguments: ["/", "/moved"])
    func `a cancelled task stops reading`(path: String) async throws {
        let script: ScriptedServer.Script = { $0.path == "/moved" ? [.redirect(to: "/")] : [] }
        try await withServerAndReader(script: script) { server, reader in
            let task = Task { await reader.failure(of: .web(server.url(path))) }
            while server.requests.last?.path != "/" { await Task.yield() }
            task.cancel()
            #expect(await task.value?.reason == .cancelled)
        }
    }

    @Test func `a reader that has been shut down reads no web documents`() async throws {
        let reader = DocumentReader()
        await reader.shutDown()
        await reader.shutDown()
        let failure = await reader.failure(of: .web("http://127.0.0.1:9/"))
        #expect(failure?.reason == .connection("the reader has been shut down"))
    }

    @Test func `an answer that is not HTTP fails`() async throws {
        let script: ScriptedServer.Script = { _ in [.send(Array("220 mail.example.com ESMTP\r\n".utf8)), .close] }
        try await withServerAndReader(script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason.description.hasPrefix("connection failed: the answer is not HTTP: ") == true)
            #expect(failure?.attempts == 1)
        }
    }
}
