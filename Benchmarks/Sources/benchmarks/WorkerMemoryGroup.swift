// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// What an idle worker costs in memory, by each method, beside CPython's.
struct WorkerMemoryGroup: Group {
    func measure(runs: Int) throws -> String {
        var missing: [String: String] = [:]
        if Peers.python == nil { missing["CPython"] = Peers.noPython }
        let programs = StartMethod.allCases.map(\.rawValue).flatMap { method in
            [Program.ours("memory", method, "0")]
                + (Peers.python.map { python in
                    [Program("CPython", printing: [python, Peers.folder + "/memory.py", method])]
                } ?? [])
        }
        let rounds = try Rounds(runs, of: programs, named: "memory")
        return Self.table.markdown(rounds.series, missing: missing)
    }

    private static var table: Table {
        let rows = StartMethod.allCases.map(\.rawValue).flatMap { method in
            ["private", "proportional", "shared"].flatMap { kind in
                [("ours", "ours"), ("CPython", "CPython multiprocessing")].map { key, name in
                    Table.Row(
                        label: "`\(method)`, \(kind), \(name)", key: "\(key) \(method) \(kind)",
                        ratios: key == "ours"
                            ? [Table.Ratio(of: "CPython \(method) \(kind)", to: "ours \(method) \(kind)")] : [])
                }
            }
        }
        return Table(
            title: "Memory of one idle worker among eight", unit: .kibibytes, ratioTitles: ["CPython ÷ ours"],
            rows: rows)
    }
}
