// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing

/// Up to a thousand workers at once. The figures are those of one of them: where they are the same for all numbers, the
/// cost grows with the number and no faster.
struct ManyGroup: Group {
    private static let counts = [10, 100, 500, 1_000]
    private static let methods = [StartMethod.forkServer, .spawn].map(\.rawValue)

    func measure(runs: Int) throws -> String {
        let programs = Self.methods.flatMap { method in
            Self.counts.map { Program.ours("many", method, "\($0)") }
        }
        let rounds = try Rounds(runs, of: programs, named: "many")
        return [
            table("Many workers, begun, used and ended: the time for each", .microseconds, "wall"),
            table("Many workers: the parent's processor time for each", .microseconds, "cpu"),
            table("Many workers: the growth of the parent's peak memory for each", .kibibytes, "memory"),
        ]
        .map { $0.markdown(rounds.series, missing: [:]) }.joined(separator: "\n\n")
    }

    private func table(_ title: String, _ unit: Table.Unit, _ what: String) -> Table {
        let rows = Self.methods.flatMap { method in
            Self.counts.map { count in
                let key = "ours \(method) \(count) \(what)"
                return Table.Row(
                    label: "`\(method)`, \(count) workers", key: key,
                    ratios: [Table.Ratio(of: key, to: "ours \(method) 100 \(what)")])
            }
        }
        return Table(title: title, unit: unit, ratioTitles: ["÷ that of 100"], rows: rows)
    }
}
