// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A million pieces of nothing through two processes, beside what others have for the same end.
struct NoOpGroup: Group {
    static let roundTrips = 2_000
    private static let pieces = 1_000_000

    func measure(runs: Int) throws -> String {
        try Place.withTemporaryFolder { folder in
            var programs = [Program.ours("noop", "processes", "\(Self.pieces)")]
            var missing: [String: String] = [:]
            if let floor = try Peers.compile("noop", into: folder) {
                programs.append(Program("C", printing: [floor, "pipes", "\(Self.pieces)"]))
                programs.append(Program("C", printing: [floor, "pingpong", "\(Self.roundTrips)"]))
            } else {
                missing["C"] = Peers.noCompiler
            }
            for peer in Self.interpreters {
                guard let command = peer.command else {
                    missing[peer.name] = peer.excuse
                    continue
                }
                programs.append(
                    Program(peer.name, printing: command + ["\(peer.pieces)", "\(peer.roundTrips)"]))
            }
            let rounds = try Rounds(runs, of: programs, named: "noop")
            return [Self.pieceTable, Self.mapTable, Self.tripTable].map {
                $0.markdown(rounds.series, missing: missing)
            }
            .joined(separator: "\n\n")
        }
    }

    private struct Interpreter {
        var name: String
        var command: [String]?
        var excuse: String
        /// Fewer where it is slow: what is shown is a rate.
        var pieces = NoOpGroup.pieces
        var roundTrips = NoOpGroup.roundTrips
    }

    private static var interpreters: [Interpreter] {
        let script = Peers.folder + "/noop"
        return [
            Interpreter(
                name: "CPython", command: Peers.python.map { [$0, script + ".py", "cpython"] }, excuse: Peers.noPython),
            Interpreter(
                name: "loky", command: Peers.loky.map { [$0, script + ".py", "loky"] }, excuse: Peers.noLoky,
                roundTrips: 500),
            Interpreter(
                name: "Node", command: Peers.command("node").map { [$0, script + ".js"] }, excuse: Peers.noNode,
                pieces: pieces / 5),
            Interpreter(
                name: "Erlang", command: Peers.command("escript").map { [$0, script + ".erl"] },
                excuse: Peers.noErlang),
        ]
    }

    // MARK: Tables

    private static var pieceTable: Table {
        let ours = [64, 256].map { count in
            Table.Row(
                label: "`outcomes(of:lookAhead: \(count))`", key: "ours outcomes \(count)",
                ratios: [
                    "C pipes", "Erlang processes", "Node workers", "CPython imap_unordered", "CPython executor",
                    "loky executor",
                ].map { Table.Ratio(of: "ours outcomes \(count)", to: $0) })
        }
        let peers = [
            ("C, pipes, 64 under way", "C pipes"), ("Erlang's own processes, 64 under way", "Erlang processes"),
            ("Node's worker threads, 64 under way", "Node workers"),
            ("CPython `Pool.imap_unordered`", "CPython imap_unordered"),
            ("CPython `ProcessPoolExecutor`, 64 under way", "CPython executor"),
            ("loky, 64 under way", "loky executor"),
        ]
        return Table(
            title: "Pieces of work without effort, two workers, one message a piece", unit: .perSecond,
            ratioTitles: ["÷ C", "÷ Erlang", "÷ Node", "÷ imap", "÷ executor", "÷ loky"], rows: ours + peers.map(row))
    }

    private static var mapTable: Table {
        let ours = Table.Row(
            label: "`map`", key: "ours map", ratios: [Table.Ratio(of: "ours map", to: "CPython Pool.map")])
        return Table(
            title: "A million pieces of work without effort at once, two workers, batches as each likes",
            unit: .perSecond, ratioTitles: ["ours ÷ CPython"],
            rows: [ours, row(("CPython `Pool.map`", "CPython Pool.map"))])
    }

    private static var tripTable: Table {
        let peers = [
            ("C, a pair of sockets", "C pingpong"), ("Erlang's own processes", "Erlang trip"),
            ("Node's worker threads", "Node trip"), ("CPython `Pool.apply`", "CPython apply"),
            ("CPython `ProcessPoolExecutor`", "CPython executor.result"), ("loky", "loky executor.result"),
        ]
        let ours = Table.Row(
            label: "`run`", key: "ours run",
            ratios: [Table.Ratio(of: "ours run", to: "C pingpong")]
                + peers.dropFirst().map { Table.Ratio(of: $0.1, to: "ours run") })
        return Table(
            title: "One piece there and back, one after the other", unit: .microseconds,
            ratioTitles: [
                "ours ÷ C", "Erlang ÷ ours", "Node ÷ ours", "apply ÷ ours", "executor ÷ ours", "loky ÷ ours",
            ],
            rows: [ours] + peers.map(row))
    }

    private static func row(_ peer: (label: String, key: String)) -> Table.Row {
        Table.Row(label: peer.label, key: peer.key)
    }
}
