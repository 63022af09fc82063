// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The tool over local files that are in memory: many small ones, ten times as many, and one large one.
///
/// In what pieces the system keeps a large file, and so how fast it can be read and mapped, depends on how it came into memory: it is
/// measured as it was just written, in pieces of 128 KiB, and as it was read from the disk.
struct FileGroup: Group {
    private static let fileCount = 9_400
    private static let byteCount = 530_000_000
    /// Where there is memory for it.
    private static let largeByteCount = 10_000_000_000
    private static let models = ["sequential", "tasks", "threads", "processes"]
    private static let build = "swift build -c release --product lettercount"

    func measure(runs: Int) throws -> String {
        let title = "### Files in memory"
        guard let tool = Place.lettercount else { return "\(title)\n\nskipped: no lettercount here; \(Self.build)" }
        guard let python = Peers.numpy ?? Peers.python else {
            return "\(title)\n\nskipped: python3 makes the files, and there is none here"
        }
        return try Place.withTemporaryFolder { folder in
            let floor = try Peers.compile("files", into: folder)
            let corpus = try Corpus(python)
            let missing = floor == nil ? ["C": Peers.noCompiler] : [:]
            let numpy = Peers.numpy == nil ? [] : [("numpy, `bincount`", "CPython numpy")]
            let count = "\(Self.fileCount) files, \(Self.byteCount / 1_000_000) MB"
            var tables = [
                Self.table("Files in memory: \(count)", "small", Self.others + numpy).markdown(
                    try Rounds(runs, of: Self.small(tool, python, floor, corpus.folder), named: "files: small").series,
                    missing: missing),
                Self.table("Files in memory: the same ten times", "many", []).markdown(
                    try Rounds(runs, of: Self.many(tool, floor, corpus.folder), named: "files: many").series,
                    missing: missing),
            ]
            for (state, prepare) in [("just written", corpus.writeLarge), ("read from the disk", corpus.readLarge)] {
                try prepare()
                let title = "Files in memory: one of \(corpus.largeByteCount / 1_000_000) MB, \(state)"
                let rounds = try Rounds(runs, of: Self.large(tool, floor, corpus.large), named: "files: \(state)")
                tables.append(
                    Self.table(title, "large", [("`wc -l`", "coreutils wc")]).markdown(rounds.series, missing: missing))
            }
            return tables.joined(separator: "\n\n")
        }
    }

    private static let others = [("`cat`, `wc -c`", "coreutils cat")]

    private static func small(_ tool: String, _ python: String, _ floor: String?, _ folder: String) -> [Program] {
        let check = CountCheck()
        var programs = models.map { count(tool, $0, "small", [folder], check) }
        if let floor {
            programs += [1, 2].map { Program("C", timing: "small \($0)", [floor, "\($0)", folder]) { _ in } }
        }
        let all = "find \(Shell.quoted(folder)) -type f -print0 | xargs -0 cat | wc -c"
        programs.append(Program("coreutils", timing: "cat", ["sh", "-c", all]) { _ in })
        if Peers.numpy != nil {
            let command = [python, Peers.folder + "/files.py", "count", folder]
            programs.append(Program("CPython", timing: "numpy", command, check: check.verify))
        }
        return programs
    }

    private static func many(_ tool: String, _ floor: String?, _ folder: String) -> [Program] {
        let (check, folders) = (CountCheck(), Array(repeating: folder, count: 10))
        var programs = models.map { count(tool, $0, "many", folders, check) }
        if let floor {
            programs += [1, 2].map { threads in
                let once = "\(Shell.quoted(floor)) \(threads) \(Shell.quoted(folder))"
                let loop = "for i in 1 2 3 4 5 6 7 8 9 10; do \(once); done"
                return Program("C", timing: "many \(threads)", ["sh", "-c", loop]) { _ in }
            }
        }
        return programs
    }

    private static func large(_ tool: String, _ floor: String?, _ file: String) -> [Program] {
        let check = CountCheck()
        var programs = models.map { count(tool, $0, "large", [file], check) }
        if let floor {
            programs += [1, 2].map { Program("C", timing: "large \($0)", [floor, "\($0)", file]) { _ in } }
        }
        programs.append(Program("coreutils", timing: "wc", ["wc", "-l", file]) { _ in })
        return programs
    }

    private static func count(
        _ tool: String, _ model: String, _ kind: String, _ sources: [String], _ check: CountCheck
    ) -> Program {
        let workers = model == "sequential" ? [] : ["--workers", "2"]
        return Program(
            "ours", timing: "\(kind) \(model)",
            [tool, "count", "--quiet", "--format", "csv", "--model", model] + workers + sources, check: check.verify)
    }

    private static func table(_ title: String, _ kind: String, _ others: [(String, String)]) -> Table {
        let floors = [1, 2].map { ("reading alone in C, \($0) thread\($0 == 1 ? "" : "s")", "C \(kind) \($0)") }
        let ours = models.map { ("`lettercount`, \($0), \($0 == "sequential" ? 1 : 2)", "ours \(kind) \($0)") }
        return Table(
            title: title, unit: .milliseconds, ratioTitles: ["÷ reading with 1", "÷ reading with 2"],
            rows: (ours + floors + others).map { label, key in
                Table.Row(label: label, key: key, ratios: floors.map { Table.Ratio(of: key, to: $0.1) })
            })
    }

    /// The small ones are kept in the build folder, since to write them takes longer than to measure.
    private struct Corpus {
        let folder = Place.package + "/.build/files"
        let large = Place.package + "/.build/large.txt"
        let largeByteCount: Int

        init(_ python: String) throws {
            let available = try Shell.output(ofScript: "awk '/^MemAvailable/ {print $2}' /proc/meminfo")
            let kibibytes = Int(available.filter(\.isNumber)) ?? 0
            largeByteCount = kibibytes << 10 > FileGroup.largeByteCount * 3 / 2 ? FileGroup.largeByteCount : 1 << 30
            let root = Place.parent(of: Place.package)
            let own = Place.environment("LETTERCOUNT_CORPUS").map { "\(Shell.quoted($0))/*.txt" }
            let sources =
                own ?? "$(find \(Shell.quoted(root))/Documentation \(Shell.quoted(root))/Sources -name '*.md')"
            let make = Shell.quoted(Peers.folder + "/files.py")
            _ = try Shell.output(
                ofScript: """
                    set -e
                    [ "$(ls \(Shell.quoted(folder)) 2>/dev/null | wc -l)" -eq \(fileCount) ] || \
                        \(Shell.quoted(python)) \(make) make \(Shell.quoted(folder)) \(byteCount) \(fileCount) \(sources)
                    cat \(Shell.quoted(folder))/* >/dev/null
                    """)
        }

        /// In pieces of 128 KiB, which is what `dd` is told here and `cat` and `cp` do by themselves.
        func writeLarge() throws {
            _ = try Shell.output(
                ofScript: """
                    set -e
                    cd \(Shell.quoted(folder))
                    while cat *; do :; done | head -c \(largeByteCount) |
                        dd of=\(Shell.quoted(large)) bs=128k iflag=fullblock conv=fsync status=none
                    """)
        }

        func readLarge() throws {
            _ = try Shell.output(
                ofScript: """
                    set -e
                    dd if=\(Shell.quoted(large)) iflag=nocache count=0 status=none
                    cat \(Shell.quoted(large)) >/dev/null
                    """)
        }
    }
}
