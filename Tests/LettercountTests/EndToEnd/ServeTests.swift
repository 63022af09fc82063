// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@Suite(.leavesNothingBehind) struct ServeTests {
    @Test(arguments: [SIGINT, SIGTERM])
    func `it tells its URL and a hint, and a signal ends it quietly`(signal: Int32) async throws {
        let server = try Tool.start(["serve"])
        let url = try await server.line(containing: "http://127.0.0.1:")
        let hint = try await server.line(containing: "--rfc-base", on: .standardError)
        #expect(hint.hasSuffix(url.trimmingSuffix("/")))
        server.send(signal: signal)
        let result = try await server.wait()
        #expect(result.status == .signaled(signal))
        #expect(result.standardOutput == url + "\n")
        #expect(result.standardError == hint + "\n")
    }

    @Test func `a port in use, and a folder that is not there, end it with the reason`() async throws {
        try await Tool.withServer { url in
            let port = String(url.split(separator: ":").last ?? "")
            let second = try await Tool.run(["serve", "--port", port])
            #expect(second.status == .exited(70))
            #expect(second.standardError.contains("in use"))
        }
        let missing = try await Tool.run(["serve", "/nowhere/to/be/found"])
        #expect(missing.status == .exited(66))
        #expect(missing.standardOutput.isEmpty)
    }

    @Test func `the program links no full Foundation`() throws {
        let libraries = try LinkedLibraries.needed(by: Tool.path)
        #expect(libraries.contains { $0.hasPrefix("libc.so") })
        for name in [
            "libFoundation.so", "libFoundationNetworking.so", "libFoundationInternationalization.so", "libcurl",
        ] {
            #expect(!libraries.contains { $0.hasPrefix(name) }, "\(libraries)")
        }
    }
}
