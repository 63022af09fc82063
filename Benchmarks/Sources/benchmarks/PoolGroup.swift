// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Work without effort through each pool: what the pools themselves cost.
struct PoolGroup: Group {
    static let workers: [String: Workers] = ["inline": .inline, "threads": .threads(2), "processes": .processes(2)]
    static let roundTrips = 2_000

    private static let pieces = 20_000
    private static let order = ["inline", "threads", "processes"]

    func measure(runs: Int) throws -> String {
        // A program for each pool: one pool's threads must not be in the way of the next.
        var programs = Self.order.map { Self.prefixed(.ours("pool", $0, "\(Self.pieces)"), with: $0) }
        var missing: [String: String] = [:]
        if let python = Peers.python {
            let command = [python, Peers.folder + "/pool.py", "\(Self.pieces)", "\(Self.roundTrips)"]
            programs.append(Program("CPython", printing: command))
        } else {
            missing["CPython"] = Peers.noPython
        }
        let rounds = try Rounds(runs, of: programs, named: "pool")
        return [Self.rates, Self.times].map { $0.markdown(rounds.series, missing: missing) }.joined(separator: "\n\n")
    }

    private static func prefixed(_ program: Program, with pool: String) -> Program {
        var result = program
        result.measure = { try program.measure().map { ("\(pool) \($0.name)", $0.values) } }
        return result
    }

    /// The fastest way of CPython to the same end: threads against threads, processes against processes.
    private static let rivals = ["threads": "ThreadPool", "processes": "Pool"]

    private static var rates: Table {
        let ours = order.flatMap { pool in
            [("results(of:)", "results"), ("results(of:lookAhead: 64)", "results 64"), ("map", "map")].map {
                name, key in
                Table.Row(
                    label: "\(pool), `\(name)`", key: "ours \(pool) \(key)",
                    ratios: rivals[pool].map { rival in
                        let verb = key == "map" ? "map" : "imap_unordered"
                        return [Table.Ratio(of: "ours \(pool) \(key)", to: "CPython \(rival).\(verb)")]
                    } ?? [])
            }
        }
        let peers = [
            "Pool.imap_unordered", "Pool.map", "ProcessPoolExecutor.submit", "ThreadPool.imap_unordered",
            "ThreadPool.map", "ThreadPoolExecutor.submit",
        ]
        return Table(
            title: "Pieces of work without effort, two workers, chunks of one", unit: .perSecond,
            ratioTitles: ["ours ÷ CPython"], rows: ours + peers.map(peer))
    }

    private static var times: Table {
        let ours = order.map { pool in
            Table.Row(
                label: "\(pool), `run`", key: "ours \(pool) run",
                ratios: rivals[pool].map { [Table.Ratio(of: "CPython \($0).apply", to: "ours \(pool) run")] } ?? [])
        }
        let peers = [
            "Pool.apply", "ProcessPoolExecutor.submit.result", "ThreadPool.apply", "ThreadPoolExecutor.submit.result",
        ]
        return Table(
            title: "Round trip of one piece of work without effort, two workers", unit: .microseconds,
            ratioTitles: ["CPython ÷ ours"], rows: ours + peers.map(peer))
    }

    private static func peer(_ name: String) -> Table.Row {
        Table.Row(label: "CPython `\(name)`", key: "CPython \(name)")
    }
}
