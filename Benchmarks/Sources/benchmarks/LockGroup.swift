// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Increments of shared counters beside C's and CPython's.
struct LockGroup: Group {
    private static let count = 4_000_000
    private static let countInPython = 100_000

    func measure(runs: Int) throws -> String {
        try Place.withTemporaryFolder { folder in
            var missing: [String: String] = [:]
            var programs = [Program.ours("locks", "all", "\(Self.count)")]
            if let peer = try Peers.compile("locks", into: folder) {
                programs.append(Program("C", printing: [peer, "\(Self.count)"]))
            } else {
                missing["C"] = Peers.noCompiler
            }
            if let python = Peers.python {
                programs.append(
                    Program("CPython", printing: [python, Peers.folder + "/locks.py", "\(Self.countInPython)"]))
            } else {
                missing["CPython"] = Peers.noPython
            }
            let rounds = try Rounds(runs, of: programs, named: "locks")
            return Self.table.markdown(rounds.series, missing: missing)
        }
    }

    private static var table: Table {
        let ours: [(String, String, String)] = [
            ("`SharedMutex`, one process", "mutex alone", "C robust alone"),
            ("`SharedMutex`, two processes", "mutex two", "C robust two"),
            ("`SharedAtomic`, two processes", "atomic two", "C atomic two"),
            ("`SharedCounter.add`, two processes", "counter two", "C atomic two"),
            ("a claimed shard of `SharedCounter`, one process", "shard alone", "C unshared alone"),
            ("a claimed shard of `SharedCounter`, two processes", "shard two", "C unshared two"),
        ]
        let peers = [
            ("C, robust `pthread_mutex_t`, one process", "C robust alone"),
            ("C, robust `pthread_mutex_t`, two processes", "C robust two"),
            ("C, `pthread_mutex_t` that is not robust, one process", "C plain alone"),
            ("C, `atomic_fetch_add`, two processes", "C atomic two"),
            ("C, memory that nobody shares, one process", "C unshared alone"),
            ("C, memory that nobody shares, two processes", "C unshared two"),
            ("CPython, `Value` with its lock, one process", "CPython Value alone"),
            ("CPython, `Value` with its lock, two processes", "CPython Value two"),
        ]
        return Table(
            title: "Increments of what processes share", unit: .perSecond, ratioTitles: ["ours ÷ the peer's"],
            rows: ours.map { label, key, peer in
                Table.Row(label: label, key: "ours " + key, ratios: [Table.Ratio(of: "ours " + key, to: peer)])
            } + peers.map { Table.Row(label: $0.0, key: $0.1) })
    }
}
