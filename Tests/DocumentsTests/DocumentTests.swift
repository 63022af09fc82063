// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Documents

@Suite struct DocumentTests {
    @Test func `documents and failures travel as they are`() throws {
        let documents: [Document] = [.web("http://h/"), .file("a/b"), .standardInput]
        let failures = [
            DocumentFailure(document: "x", reason: .httpStatus(503), attempts: 4),
            DocumentFailure(document: "y", reason: .timedOut(afterSeconds: 0.5)),
            DocumentFailure(document: "z", reason: .tooLarge(limit: .max)),
        ]
        let coded = try JSONEncoder().encode(documents)
        #expect(try JSONDecoder().decode([Document].self, from: coded) == documents)
        #expect(
            try JSONDecoder().decode([DocumentFailure].self, from: JSONEncoder().encode(failures)) == failures)
        #expect(documents.map(\.description) == ["http://h/", "a/b", "-"])
    }

    @Test func `limits have defaults, and only the web's size is limited by itself`() throws {
        let limits = ReadLimits()
        #expect(limits.timeout == 60)
        #expect(limits.connectTimeout == 10)
        #expect(limits.retries == 3)
        #expect(limits.maximumBytes == nil)
        #expect(limits.webMaximumBytes == 1 << 30)
        #expect(ReadLimits(maximumBytes: 5).webMaximumBytes == 5)
        #expect(try JSONDecoder().decode(ReadLimits.self, from: JSONEncoder().encode(limits)) == limits)
    }

    @Test(arguments: [
        (DocumentFailure.Reason.httpStatus(404), "the server answered 404 Not Found"),
        (.httpStatus(799), "the server answered 799"),
        (.timedOut(afterSeconds: 60), "timed out: not complete after 60 s"),
        (.timedOut(afterSeconds: .infinity), "timed out: not complete after inf s"),
        (.tooLarge(limit: 10), "too large: more than 10 bytes"), (.noSuchFile, "no such file"),
    ])
    func `a reason is one clause`(reason: DocumentFailure.Reason, text: String) {
        #expect("\(reason)" == text)
        #expect(DocumentFailure(document: "d", reason: reason).description == "cannot read d: \(text)")
    }
}
