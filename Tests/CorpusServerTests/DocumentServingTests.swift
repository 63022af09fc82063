// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import TestSupport
import Testing

@Suite(.leavesNothingBehind(after: RawClient.warmUp))
struct DocumentServingTests {
    private let corpus = GeneratedCorpus(documentCount: 3, byteCounts: 40_000...90_000)

    @Test func `every document arrives as it was made`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            for name in corpus.names {
                let answer = try await RawClient.send("GET /\(name)", to: baseURL)
                #expect(answer.status == 200)
                #expect(answer.body == corpus.document(named: name))
                #expect(answer.headers["content-type"] == "text/plain")
                #expect(answer.headers["content-length"] == "\(answer.body.count)")
            }
        }
    }

    @Test func `documents that are handed over are served under their names, the first of two with the same`()
        async throws
    {
        let documents: [(name: String, bytes: [UInt8])] = [("a", [1, 2]), ("b", []), ("a", [3])]
        try await withCorpusServer(CorpusServer(.documents(documents))) { baseURL in
            let (first, empty) = try await (
                RawClient.send("GET /a", to: baseURL), RawClient.send("GET /b", to: baseURL)
            )
            #expect(first.body == [1, 2] && empty.status == 200 && empty.body.isEmpty)
            let missing = try await RawClient.send("GET /c", to: baseURL)
            #expect(missing.status == 404)
        }
    }

    @Test func `the index has one name a line`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let answer = try await RawClient.send("GET /", to: baseURL)
            #expect(answer.status == 200)
            #expect(answer.text == "rfc1000.txt\nrfc1001.txt\nrfc1002.txt\n")
        }
    }

    @Test func `HEAD tells the length and sends nothing`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let answer = try await RawClient.send("HEAD /rfc1001.txt", to: baseURL)
            #expect(answer.status == 200)
            #expect(answer.headers["content-length"] == "\(corpus.document(named: "rfc1001.txt")?.count ?? 0)")
            #expect(answer.body.isEmpty)
        }
    }

    @Test(arguments: ["/rfc1003.txt", "/rfc1000.txt/", "/a/rfc1000.txt", "/../rfc1000.txt", "/RFC1000.TXT", "//"])
    func `other paths are not found`(path: String) async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            try await #expect(RawClient.send("GET \(path)", to: baseURL).status == 404)
        }
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS"])
    func `other methods are not allowed`(method: String) async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let answer = try await RawClient.send("\(method) /rfc1000.txt", to: baseURL)
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "GET, HEAD")
        }
    }

    @Test func `a query does not change which document is meant`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let answer = try await RawClient.send("GET /rfc1002.txt?again=1", to: baseURL)
            #expect(answer.body == corpus.document(named: "rfc1002.txt"))
        }
    }

    @Test func `what is no HTTP is a bad request`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            try await #expect(RawClient.send(bytes: "nonsense\r\n\r\n", to: baseURL).status == 400)
        }
    }

    @Test func `a connection serves several requests`() async throws {
        try await withCorpusServer(CorpusServer(.generated(corpus))) { baseURL in
            let both = "HEAD /rfc1000.txt HTTP/1.1\r\nHost: test\r\n\r\nGET /rfc1001.txt HTTP/1.1\r\nHost: test\r\n"
            let answer = try await RawClient.send(bytes: both + "Connection: close\r\n\r\n", to: baseURL)
            // The first has no body, so what follows its head is the second.
            try #expect(Answer(answer.body).body == corpus.document(named: "rfc1001.txt"))
        }
    }
}
