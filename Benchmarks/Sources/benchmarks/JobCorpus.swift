// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The documents of the job: a folder of the user's, or what the tool's own server generates, fetched once.
struct JobCorpus {
    static let needs = "fetching the generated documents needs python3; or set LETTERCOUNT_CORPUS to a folder"

    let folder: String
    let names: [String]
    let byteCount: Int

    /// Nil when there is no way to have any.
    init?(_ tool: String, _ temporaryFolder: String) throws {
        if let own = Place.environment("LETTERCOUNT_CORPUS") {
            folder = own
        } else {
            guard let python = Peers.python else { return nil }
            folder = temporaryFolder
            let server = try CorpusServer(tool, nil, delay: 0)
            defer { server.end() }
            _ = try Shell.output(of: [python, Peers.folder + "/job.py", "fetch", folder, server.baseURL])
        }
        let list = "cd \(Shell.quoted(folder)) && find . -maxdepth 1 -name '*.txt' -type f"
        names = try Shell.output(ofScript: list).split(separator: "\n").map { String($0.dropFirst(2)) }.sorted()
        byteCount = Int(Shell.word("\(list) -exec cat {} + | wc -c")) ?? 0
        guard !names.isEmpty else { throw BenchmarkFailure("no documents (*.txt) in \(folder)") }
    }
}

/// `lettercount serve` beside us.
final class CorpusServer {
    let baseURL: String
    private let process: pid_t

    init(_ tool: String, _ folder: String?, delay: Int) throws {
        let port = try Self.freePort()
        baseURL = "http://127.0.0.1:\(port)"
        process = try Shell.start(
            [tool, "serve"] + (folder.map { [$0] } ?? []) + ["--port", "\(port)", "--delay", "\(delay)"])
        for _ in 0..<500 where !Self.answers(port) {
            // The one thing to be known is whether it listens, which only asking tells.
            usleep(20_000)
        }
        guard Self.answers(port) else {
            end()
            throw BenchmarkFailure("lettercount serve did not listen on port \(port) within ten seconds")
        }
    }

    func end() { kill(process, SIGTERM) }

    /// A port that was free a moment ago.
    private static func freePort() throws -> UInt16 {
        for port in UInt16(20_000)..<30_000 where !answers(port) {
            return port
        }
        throw BenchmarkFailure("no free port")
    }

    private static func answers(_ port: UInt16) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // A socket address by its general name, as connect wants it; it lives for the call and is only read.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
