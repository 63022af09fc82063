// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The tool over HTTP from a server beside it that takes its time: few documents that are slow, many that are not.
struct WebGroup: Group {
    /// What is got: how many documents, of how many bytes, after how many milliseconds, over how many connections.
    private struct Load {
        var documents: Int
        var byteCount: Int
        var delay: Int
        var connections: Int

        var name: String { "\(documents)-\(byteCount)-\(connections)" }

        var title: String {
            let size = byteCount < 10_000 ? "5 KiB" : "95 KB"
            return "HTTP: \(documents) document\(documents == 1 ? "" : "s") of \(size), each after \(delay) ms, "
                + "\(connections) at a time"
        }
    }

    private static let loads = [
        Load(documents: 1, byteCount: 95_000, delay: 50, connections: 1),
        Load(documents: 20, byteCount: 95_000, delay: 50, connections: 20),
        Load(documents: 5_000, byteCount: 95_000, delay: 2, connections: 20),
        Load(documents: 5_000, byteCount: 95_000, delay: 2, connections: 100),
        Load(documents: 5_000, byteCount: 5_120, delay: 2, connections: 100),
    ]
    private static let models = ["tasks", "threads", "processes"]
    private static let build = "swift build -c release --product lettercount"

    func measure(runs: Int) throws -> String {
        let title = "### HTTP"
        guard let tool = Place.lettercount else { return "\(title)\n\nskipped: no lettercount here; \(Self.build)" }
        return try Place.withTemporaryFolder { folder in
            guard let server = try Peers.compile("web_server", into: folder),
                let floor = try Peers.compile("web_floor", into: folder)
            else { return "\(title)\n\nskipped: the server is written in C, and there is \(Peers.noCompiler)" }
            return try Self.loads.map { try Self.measure($0, runs, tool, server, floor, folder) }
                .joined(separator: "\n\n")
        }
    }

    private static func measure(
        _ load: Load, _ runs: Int, _ tool: String, _ server: String, _ floor: String, _ folder: String
    ) throws -> String {
        let served = try WebServer(server, [load.documents, load.byteCount, load.delay], folder)
        defer { served.end() }
        let list = "\(folder)/list-\(load.name)"
        let urls = (0..<load.documents).map { "http://127.0.0.1:\(served.port)/\($0)" }.joined(separator: "\n")
        try TextFile.write(urls + "\n", to: list)
        let check = CountCheck()
        var programs = models.map { model in
            // A thread or a task for each connection; processes as there are processors, each with its share.
            let options = model == "processes" ? ["--connections"] : ["--workers"]
            return Program(
                "ours", timing: "\(load.name) \(model)",
                [tool, "count", "--quiet", "--format", "csv", "--model", model]
                    + options + ["\(load.connections)", "@" + list],
                check: check.verify)
        }
        let arguments = [served.port, load.documents, load.connections].map { "\($0)" }
        programs.append(Program("C", timing: load.name, [floor] + arguments, check: check.verify))
        if let python = Peers.aiohttp {
            let peer = [python, Peers.folder + "/web_aiohttp.py"]
            programs.append(Program("CPython", printing: peer + [load.name] + arguments))
            programs.append(Program("CPython", printing: peer + ["\(load.name) read"] + arguments + ["read"]))
        }
        let rounds = try Rounds(runs, of: programs, named: "web: \(load.name)")
        return table(load).markdown(rounds.series, missing: ["CPython": Peers.noAiohttp])
    }

    private static func table(_ load: Load) -> Table {
        let keys =
            models.map { ("`lettercount`, \($0)", "ours \(load.name) \($0)") } + [
                ("C, epoll", "C \(load.name)"), ("aiohttp and numpy, without Python's start", "CPython \(load.name)"),
                ("the same, and nothing is counted", "CPython \(load.name) read"),
            ]
        return Table(
            title: load.title, unit: .milliseconds, ratioTitles: ["aiohttp ÷ it", "÷ C"],
            rows: keys.map { label, key in
                let ratios = [
                    Table.Ratio(of: "CPython \(load.name)", to: key), Table.Ratio(of: key, to: "C \(load.name)"),
                ]
                return Table.Row(label: label, key: key, ratios: ratios)
            })
    }
}

/// The server in C beside us.
private final class WebServer {
    let port: Int
    private let process: pid_t

    init(_ program: String, _ load: [Int], _ folder: String) throws {
        let file = "\(folder)/port-\(load.map(\.description).joined(separator: "-"))"
        process = try Shell.start([program] + load.map(\.description) + [file])
        var found: Int?
        for _ in 0..<500 where found == nil {
            // The one thing to be known is its port, which it says when it listens.
            usleep(10_000)
            found = Int(Shell.word("cat \(Shell.quoted(file))"))
        }
        guard let found else {
            kill(process, SIGTERM)
            throw BenchmarkFailure("the web server did not begin within five seconds")
        }
        port = found
    }

    func end() { kill(process, SIGTERM) }
}
