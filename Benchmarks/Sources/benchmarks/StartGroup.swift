// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Start to answer of one child, by each method, beside the kernel's floor and CPython.
struct StartGroup: Group {
    /// Children in a round; five rounds make 200.
    private static let count = 40

    func measure(runs: Int) throws -> String {
        try Place.withTemporaryFolder { folder in
            var missing: [String: String] = [:]
            let floor = try Peers.compile("start", into: folder)
            if floor == nil { missing["C"] = Peers.noCompiler }
            if Peers.python == nil { missing["CPython"] = Peers.noPython }
            let programs = StartMethod.allCases.flatMap { Self.programs(for: $0.rawValue, floor) }
            let rounds = try Rounds(runs, of: programs, named: "start")
            return Self.table.markdown(rounds.series, missing: missing)
        }
    }

    private static func programs(for method: String, _ floor: String?) -> [Program] {
        var programs = [Program.ours("start", method, "\(count)")]
        if let floor {
            programs += ([method] + likeOurs(method)).map { Program("C", printing: [floor, $0, "\(count)"]) }
        }
        if let python = Peers.python {
            programs.append(Program("CPython", printing: [python, Peers.folder + "/start.py", method, "\(count)"]))
        }
        return programs
    }

    /// What C does that is asked for the same as ours: to load this very program, to answer with a handle on the child.
    private static func likeOurs(_ method: String) -> [String] {
        switch method {
        case "spawn": ["spawn=\(Place.program)"]
        case "forkserver": ["forkserver+handle"]
        default: []
        }
    }

    private static let likeOurs = [
        "spawn": Table.Row(label: "`spawn`, C, of this program", key: "C spawn="),
        "forkserver": Table.Row(label: "`forkserver`, C, with a handle in reply", key: "C forkserver+handle"),
    ]

    private static var table: Table {
        let rows = StartMethod.allCases.map(\.rawValue).flatMap { method in
            let likeIt = likeOurs[method]
            let ours = Table.Row(
                label: "`\(method)`, ours", key: "ours \(method)",
                ratios: [
                    Table.Ratio(of: "ours \(method)", to: likeIt?.key ?? "C \(method)"),
                    Table.Ratio(of: "ours \(method)", to: "C \(method)"),
                    Table.Ratio(of: "CPython \(method)", to: "ours \(method)"),
                ])
            let peers = [("C, no library", "C"), ("CPython multiprocessing", "CPython")].map { name, program in
                Table.Row(label: "`\(method)`, \(name)", key: "\(program) \(method)")
            }
            return [ours] + (likeIt.map { [$0] } ?? []) + peers
        }
        return Table(
            title: "Start to answer of one child", unit: .microseconds,
            ratioTitles: ["ours ÷ C like it", "ours ÷ C", "CPython ÷ ours"], rows: rows)
    }
}
