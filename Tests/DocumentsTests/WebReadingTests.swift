// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Documents

@Suite(.leavesNothingBehind) struct WebReadingTests {
    @Test func `a body arrives byte for byte`() async throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServerAndReader(script: { _ in [.answer(200, body)] }) { server, reader in
            let content = try await reader.content(of: .web(server.url()))
            #expect(content == body)
        }
    }

    @Test func `an empty body is a document`() async throws {
        try await withServerAndReader(script: { _ in [.answer(200)] }) { server, reader in
            let content = try await reader.content(of: .web(server.url()))
            #expect(content == [])
        }
    }

    @Test func `a body without a length ends with its connection`() async throws {
        let script: ScriptedServer.Script = { _ in [.head(), .send(Array("till the end".utf8)), .close] }
        try await withServerAndReader(script: script) { server, reader in
            let text = try await reader.text(of: server.url())
            #expect(text == "till the end")
        }
    }

    @Test func `a request is a GET that names the tool and asks for compression`() async throws {
        try await withServerAndReader(script: { _ in [.answer("x")] }) { server, reader in
            _ = try await reader.text(of: server.url("/a/b.txt?c=d"))
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1)
            #expect(request.path == "/a/b.txt?c=d")
            #expect(request.headers["user-agent"] == "lettercount/0.1")
            #expect(request.headers["accept-encoding"] == "gzip, deflate")
            #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        }
    }

    @Test func `the name of the tool can be changed`() async throws {
        try await withServer({ _ in [.answer("x")] }) { server in
            let reader = DocumentReader(userAgent: "other/2 (+https://example.com)")
            let text = try? await reader.text(of: server.url())
            await reader.shutDown()
            #expect(text == "x")
            #expect(server.requests.first?.headers["user-agent"] == "other/2 (+https://example.com)")
        }
    }

    @Test(arguments: [("gzip", Compressed.gzip), ("deflate", Compressed.deflate), ("GZIP", Compressed.gzip)])
    func `a compressed body is unpacked`(encoding: String, body: [UInt8]) async throws {
        let script: ScriptedServer.Script = { _ in [.answer(200, body, headers: ["content-encoding: \(encoding)"])] }
        try await withServerAndReader(script: script) { server, reader in
            let content = try await reader.content(of: .web(server.url()))
            #expect(content == Compressed.text)
        }
    }

    @Test(arguments: ["br", "gzip, gzip", "identity, gzip", "x-unknown"])
    func `a compression that was not asked for is not taken for text`(encoding: String) async throws {
        let script: ScriptedServer.Script = { _ in
            [.answer(200, Compressed.gzip, headers: ["content-encoding: \(encoding)"])]
        }
        try await withServerAndReader(script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(
                failure?.reason == .decompression("the server sent it as \(encoding), which was not asked for"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a damaged compressed body fails`() async throws {
        var damaged = Compressed.gzip
        damaged[30] ^= 0xFF
        let body = damaged
        let script: ScriptedServer.Script = { _ in [.answer(200, body, headers: ["content-encoding: gzip"])] }
        try await withServerAndReader(script: script) { server, reader in
            #expect(await reader.failure(of: .web(server.url()))?.reason == .decompression("the data is damaged"))
        }
    }

    @Test func `bytes behind a compressed body are refused`() async throws {
        let script: ScriptedServer.Script = { _ in
            [.answer(200, Compressed.gzip + Compressed.gzip, headers: ["content-encoding: gzip"])]
        }
        try await withServerAndReader(script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url()))
            #expect(failure?.reason == .decompression("bytes follow the compressed data"))
        }
    }

    @Test func `five redirects are followed, relative and absolute ones`() async throws {
        let script: ScriptedServer.Script = { request in
            switch request.path {
            case "/0": [.redirect(to: "/1")]
            case "/1": [.redirect(to: "2")]
            case "/2": [.redirect(to: "http://\(request.headers["host"]!)/3")]
            case "/3": [.redirect(to: "/4#part")]
            case "/4": [.redirect(to: "/5?x=y")]
            default: [.answer("there: \(request.path)")]
            }
        }
        try await withServerAndReader(script: script) { server, reader in
            let text = try await reader.text(of: server.url("/0"))
            #expect(text == "there: /5?x=y")
            #expect(server.requests.map(\.path) == ["/0", "/1", "/2", "/3", "/4", "/5?x=y"])
        }
    }

    @Test func `six redirects are too many`() async throws {
        let script: ScriptedServer.Script = { request in
            let number = Int(request.path.dropFirst())!
            return number < 6 ? [.redirect(to: "/\(number + 1)")] : [.answer("there")]
        }
        try await withServerAndReader(script: script) { server, reader in
            let failure = await reader.failure(of: .web(server.url("/0")))
            #expect(failure?.reason == .tooManyRedirects(limit: 5))
            #expect(failure?.attempts == 1)
            #expect(server.requests.count == 6)
        }
    }

    @Test func `a circle of redirects is left`() async throws {
        let script: ScriptedServer.Script = { [.redirect(to: $0.path == "/a" ? "/b" : "/a")] }
        try await withServerAndReader(script: script) { server, reader in
            #expect(await reader.failure(of: .web(server.url("/a")))?.reason == .redirectLoop)
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "http+unix://%2Ftmp%2Fsocket/x", ""])
    func `a redirect to anything but the web is not followed`(location: String) async throws {
        try await withServerAndReader(script: { _ in [.redirect(to: location)] }) { server, reader in
            let reason = await reader.failure(of: .web(server.url("/a")))?.reason
            #expect(reason == .httpStatus(302) || (location.isEmpty && reason == .redirectLoop))
        }
    }

    @Test func `what is not encrypted cannot be read with https`() async throws {
        try await withServer(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n", { _ in [] }) { server in
            try await withReader { reader in
                let failure = await reader.failure(of: .web("https://127.0.0.1:\(server.port)/"))
                #expect(failure?.reason == .tls("wrong version number"))
                #expect(failure?.attempts == 1)
            }
        }
    }

    @Test func `thirty-two readers of one host do not wait for one another`() async throws {
        // Nobody is ever answered, so one who had to wait for another's connection would run out of time.
        try await withServerAndReader(limits: ReadLimits(timeout: 20), script: { _ in [] }) { server, reader in
            let reasons = await withTaskGroup(of: DocumentFailure.Reason?.self) { group in
                for number in 0..<32 {
                    group.addTask { await reader.failure(of: .web(server.url("/\(number)")))?.reason }
                }
                while Set(server.requests.map(\.path)).count < 32 { await Task.yield() }
                group.cancelAll()
                return await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(reasons == [.cancelled])
            #expect(server.requests.count == 32)
        }
    }
}
