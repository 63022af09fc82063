// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Two workers with nothing to do: the processor time of everybody over a second, and the memory of a worker.
struct IdleGroup: Group {
    func measure(runs: Int) throws -> String {
        var programs = StartMethod.allCases.map { Program.ours("idle", $0.rawValue, "0") }
        var missing: [String: String] = [:]
        let script = Peers.folder + "/noop.py"
        if let python = Peers.python {
            programs.append(Program("CPython", printing: [python, script, "cpython", "idle"]))
        } else {
            missing["CPython"] = Peers.noPython
        }
        if let loky = Peers.loky {
            programs.append(Program("loky", printing: [loky, script, "loky", "idle"]))
        } else {
            missing["loky"] = Peers.noLoky
        }
        let rounds = try Rounds(runs, of: programs, named: "idle")
        return [
            Self.table("Two idle workers and their parent: processor time over a second", .microseconds, "cpu"),
            Self.table("An idle worker: memory that is its own alone", .kibibytes, "private"),
            Self.table("An idle worker: memory by its share in it (PSS)", .kibibytes, "pss"),
        ]
        .map { $0.markdown(rounds.series, missing: missing) }.joined(separator: "\n\n")
    }

    private static func table(_ title: String, _ unit: Table.Unit, _ what: String) -> Table {
        let ours = StartMethod.allCases.map(\.rawValue).map { method in
            let key = "ours \(method) \(what)"
            return Table.Row(
                label: "`\(method)`, ours", key: key,
                ratios: ["CPython Pool \(method) \(what)", "loky executor \(what)"].map { Table.Ratio(of: $0, to: key) }
            )
        }
        let peers = StartMethod.allCases.map(\.rawValue).map { method in
            Table.Row(label: "`\(method)`, CPython `Pool`", key: "CPython Pool \(method) \(what)")
        }
        let executors = [
            Table.Row(
                label: "`forkserver`, CPython `ProcessPoolExecutor`", key: "CPython executor forkserver \(what)"),
            Table.Row(label: "loky", key: "loky executor \(what)"),
        ]
        return Table(
            title: title, unit: unit, ratioTitles: ["CPython ÷ ours", "loky ÷ ours"], rows: ours + peers + executors)
    }
}
