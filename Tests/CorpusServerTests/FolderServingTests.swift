// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import CorpusServer
import Glibc
import TestSupport
import Testing

@Suite(.leavesNothingBehind(after: RawClient.warmUp))
struct FolderServingTests {
    /// Runs `body` against a server of `served`, beside which there is a secret that must never be sent.
    private func served(_ body: (_ baseURL: String, _ folder: String) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try TestFile.write("secret", to: directory + "/secret.txt")
            try TestFile.write("secret", to: directory + "/served-too/secret.txt")
            let folder = directory + "/served"
            try TestFile.write("one\n", to: folder + "/one.txt")
            try TestFile.write("two\n", to: folder + "/sub/deep er/two.txt")
            try TestFile.write("", to: folder + "/empty.txt")
            try await withCorpusServer(CorpusServer(.folder(folder))) { try await body($0, folder) }
        }
    }

    @Test(arguments: [
        ("/one.txt", "one\n"), ("/sub/deep%20er/two.txt", "two\n"), ("/empty.txt", ""), ("/%6fne.txt", "one\n"),
        ("/", "empty.txt\none.txt\nsub/deep er/two.txt\n"),
    ])
    func `files, those in sub-folders and the index are served`(path: String, text: String) async throws {
        try await served { baseURL, _ in
            let answer = try await RawClient.send("GET \(path)", to: baseURL)
            #expect(answer.status == 200)
            #expect(answer.text == text)
            #expect(answer.headers["content-type"] == "text/plain")
            #expect(answer.headers["content-length"] == "\(text.utf8.count)")
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/sub/../../secret.txt", "/sub/../one.txt", "/%2e%2e/secret.txt", "/%2E./secret.txt",
        "/..%2fsecret.txt", "/..%2Fsecret.txt", "/%2e%2e%2fsecret.txt", "/..%5csecret.txt", "/./one.txt", "//one.txt",
        "/%2fetc%2fpasswd", "//etc/passwd", "/sub%2f..%2f..%2fsecret.txt", "/one.txt%00.png",
        "/%c0%ae%c0%ae/secret.txt", "/../served-too/secret.txt", "http://test/../secret.txt", "/%252e%252e/secret.txt",
    ])
    func `no path leads out of the folder`(path: String) async throws {
        try await served { baseURL, _ in
            for method in ["GET", "HEAD"] {
                let answer = try await RawClient.send("\(method) \(path)", to: baseURL)
                #expect(answer.status == 404)
                #expect(!answer.text.contains("secret"))
            }
        }
    }

    @Test(arguments: ["/sub", "/sub/", "/sub/deep%20er", "/none.txt", "/one.txt/", "/one.txt/x", "/sub/none/none.txt"])
    func `folders and what is not there are not found`(path: String) async throws {
        try await served { baseURL, _ in
            try await #expect(RawClient.send("GET \(path)", to: baseURL).status == 404)
        }
    }

    @Test(arguments: [
        "../../secret.txt", "/etc/passwd", "out", "../out/secret.txt", "nowhere", "self", "../../served-too",
    ])
    func `a link that leads out of the folder, or nowhere, is not followed`(destination: String) async throws {
        try await served { baseURL, folder in
            #expect(unsafe symlink("..", folder + "/out") == 0)
            #expect(unsafe symlink("self", folder + "/self") == 0)
            #expect(unsafe symlink(destination, folder + "/sub/link") == 0)
            for path in ["/sub/link", "/sub/link/secret.txt", "/out/secret.txt", "/self"] {
                try await #expect(RawClient.send("GET \(path)", to: baseURL).status == 404, "\(path)")
            }
        }
    }

    @Test(arguments: ["one.txt", "sub/../one.txt", "sub/up/one.txt", "./one.txt"])
    func `a link that stays in the folder is followed`(destination: String) async throws {
        try await served { baseURL, folder in
            #expect(unsafe symlink("..", folder + "/sub/up") == 0)
            #expect(unsafe symlink(destination, folder + "/link") == 0)
            try await #expect(RawClient.send("GET /link", to: baseURL).text == "one\n")
            // Absolute as well, as long as its end is inside.
            #expect(unsafe symlink(folder + "/link", folder + "/absolute") == 0)
            try await #expect(RawClient.send("GET /absolute", to: baseURL).text == "one\n")
        }
    }

    @Test func `a pipe is not opened, and waits for nobody`() async throws {
        try await served { baseURL, folder in
            #expect(unsafe mkfifo(folder + "/pipe", 0o644) == 0)
            try await #expect(RawClient.send("GET /pipe", to: baseURL).status == 404)
            try await #expect(RawClient.send("GET /", to: baseURL).text.contains("pipe") == false)
        }
    }

    @Test func `a file of many chunks arrives whole`() async throws {
        try await served { baseURL, folder in
            let bytes = (0..<1_000_003).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
            try TestFile.write(bytes, to: folder + "/large")
            let answer = try await RawClient.send("GET /large", to: baseURL)
            #expect(answer.body == bytes)
            let head = try await RawClient.send("HEAD /large", to: baseURL)
            #expect(head.headers["content-length"] == "1000003")
            #expect(head.body.isEmpty)
        }
    }

    @Test func `the folder itself may be reached by a link`() async throws {
        try await served { _, folder in
            #expect(unsafe symlink("served", folder + "-link") == 0)
            try await withCorpusServer(CorpusServer(.folder(folder + "-link/."))) { baseURL in
                try await #expect(RawClient.send("GET /one.txt", to: baseURL).text == "one\n")
            }
        }
    }

    @Test func `a path without a leading slash starts at the current folder`() async throws {
        let current = try #require(resolved("."))
        let up = String(repeating: "../", count: current.split(separator: "/").count)
        try await served { _, folder in
            try await withCorpusServer(CorpusServer(.folder(up + folder.dropFirst()))) { baseURL in
                try await #expect(RawClient.send("GET /one.txt", to: baseURL).text == "one\n")
            }
        }
    }

    @Test func `a folder that is not there is said to be missing`() async throws {
        try await withTemporaryDirectory { directory in
            let missing = directory + "/none"
            await #expect(throws: CorpusServerError.noSuchFolder(missing)) {
                try await withCorpusServer(CorpusServer(.folder(missing))) { _ in }
            }
        }
    }

    @Test func `a file is no folder`() async throws {
        try await served { _, folder in
            let error = await #expect(throws: CorpusServerError.self) {
                try await withCorpusServer(CorpusServer(.folder(folder + "/one.txt"))) { _ in }
            }
            guard case .unreadableFolder(folder + "/one.txt", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
