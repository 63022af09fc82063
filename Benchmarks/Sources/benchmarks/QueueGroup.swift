// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Messages between two processes through a shared queue, beside a bare ring in C and CPython's queues.
struct QueueGroup: Group {
    /// Sizes, and how many messages of each in a round: some tenths of a second.
    private static let streams = [
        (8, 4_000_000), (64, 4_000_000), (4_096, 400_000), (65_536, 30_000), (1 << 20, 1_000), (8 << 20, 100),
    ]
    private static let roundTrips = [(64, 20_000), (65_536, 5_000), (1 << 20, 300)]
    /// From this size on it makes a difference whether an array is made of each message or one buffer is used again.
    private static let sizeOfCopies = 65_536
    /// CPython is so much slower that it gets fewer.
    private static let shareOfPython = 40

    func measure(runs: Int) throws -> String {
        try Place.withTemporaryFolder { folder in
            var missing: [String: String] = [:]
            let peer = try Peers.compile("ring", into: folder)
            if peer == nil { missing["C"] = Peers.noCompiler }
            if Peers.python == nil { missing["CPython"] = Peers.noPython }
            let rounds = try Rounds(runs, of: Self.programs(peer), named: "queue")
            return Self.streamTable.markdown(rounds.series, missing: missing) + "\n\n"
                + Self.roundTripTable.markdown(rounds.series, missing: missing)
        }
    }

    private static func programs(_ peer: String?) -> [Program] {
        var programs = [Program.ours("queue", "batch", "64", "4000000")]
        for (what, list) in [("stream", streams), ("roundtrip", roundTrips)] {
            for (size, count) in list {
                programs.append(.ours("queue", what, "\(size)", "\(count)"))
                if what == "stream", size >= sizeOfCopies {
                    programs.append(.ours("queue", "copy", "\(size)", "\(count)"))
                }
                if let peer { programs.append(Program("C", printing: [peer, what, "\(size)", "\(count)"])) }
                guard let python = Peers.python else { continue }
                let command = [
                    python, Peers.folder + "/queues.py", what, "\(size)", "\(max(50, count / shareOfPython))",
                ]
                programs.append(Program("CPython", printing: command))
            }
        }
        // On one processor nobody can spin, and the placement is always the same.
        let one = ["taskset", "-c", "0"]
        let ours = ["/proc/\(getpid())/exe", "measure", "queue", "roundtrip", "64", "20000"]
        programs.append(Program("ours-one", printing: one + ours))
        guard let peer else { return programs }
        programs.append(Program("C-one", printing: one + [peer, "roundtrip", "64", "20000"]))
        programs.append(Program("C-one", printing: one + [peer, "futex", "0", "20000"]))
        programs.append(Program("C", printing: [peer, "futex", "0", "20000"]))
        return programs
    }

    private static var streamTable: Table {
        let rows = streams.flatMap { size, _ -> [Table.Row] in
            let ours = "ours stream \(size)"
            let copy = Table.Row(
                label: "`SharedQueue`, \(size) bytes, into a buffer of one's own", key: "ours copy \(size)",
                ratios: [Table.Ratio(of: "ours copy \(size)", to: "C stream \(size)")])
            return (size < sizeOfCopies ? [] : [copy]) + [
                Table.Row(
                    label: "`SharedQueue`, \(size) bytes", key: ours,
                    ratios: [
                        Table.Ratio(of: ours, to: "C stream \(size)"),
                        Table.Ratio(of: ours, to: "CPython SimpleQueue stream \(size)"),
                    ]),
                Table.Row(label: "C, a ring for two, \(size) bytes", key: "C stream \(size)"),
                Table.Row(label: "CPython `SimpleQueue`, \(size) bytes", key: "CPython SimpleQueue stream \(size)"),
                Table.Row(label: "CPython `Queue`, \(size) bytes", key: "CPython Queue stream \(size)"),
            ]
        }
        let batch = Table.Row(
            label: "`SharedQueue`, 64 bytes, 64 at once", key: "ours batch 64",
            ratios: [Table.Ratio(of: "ours batch 64", to: "C stream 64")])
        return Table(
            title: "Messages one way between two processes", unit: .perSecond,
            ratioTitles: ["ours ÷ C", "ours ÷ CPython"], rows: [batch] + rows)
    }

    private static var roundTripTable: Table {
        let one = [
            Table.Row(
                label: "`SharedQueue`, 64 bytes, one processor", key: "ours-one roundtrip 64",
                ratios: [
                    Table.Ratio(of: "ours-one roundtrip 64", to: "C-one roundtrip 0")
                ]),
            Table.Row(label: "C, two futexes and nothing else, one processor", key: "C-one roundtrip 0"),
            Table.Row(label: "C, a ring for two, 64 bytes, one processor", key: "C-one roundtrip 64"),
        ]
        let rows = roundTrips.flatMap { size, _ -> [Table.Row] in
            let ours = "ours roundtrip \(size)"
            return [
                Table.Row(
                    label: "`SharedQueue`, \(size) bytes", key: ours,
                    ratios: [
                        Table.Ratio(of: ours, to: size == 64 ? "C roundtrip 0" : "C roundtrip \(size)"),
                        Table.Ratio(of: "CPython SimpleQueue roundtrip \(size)", to: ours),
                    ]),
                Table.Row(label: "C, a ring for two, \(size) bytes", key: "C roundtrip \(size)"),
                Table.Row(
                    label: "CPython `SimpleQueue`, \(size) bytes", key: "CPython SimpleQueue roundtrip \(size)"),
                Table.Row(label: "CPython `Queue`, \(size) bytes", key: "CPython Queue roundtrip \(size)"),
            ]
        }
        let futex = Table.Row(label: "C, two futexes and nothing else", key: "C roundtrip 0")
        return Table(
            title: "There and back between two processes", unit: .microseconds,
            ratioTitles: ["ours ÷ C", "CPython ÷ ours"], rows: one + [futex] + rows)
    }
}
