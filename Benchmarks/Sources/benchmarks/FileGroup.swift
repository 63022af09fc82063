// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The tool over local files that are in memory: many small ones, and one large one.
struct FileGroup: Group {
    private static let fileCount = 9_400
    private static let byteCount = 530_000_000
    private static let largeByteCount = 4 << 30
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
            let small = try Rounds(runs, of: Self.small(tool, python, floor, corpus.folder), named: "files: small")
            let large = try Rounds(runs, of: Self.large(tool, floor, corpus.large), named: "files: large")
            return [
                Self.table(
                    "Files in memory: \(Self.fileCount) files, \(Self.byteCount / 1_000_000) MB", "small",
                    Self.others + (Peers.numpy == nil ? [] : [("numpy, `bincount`", "CPython numpy")])
                ).markdown(small.series, missing: missing),
                Self.table("Files in memory: one file of 4 GiB", "large", [("`wc -l`", "coreutils wc")]).markdown(
                    large.series, missing: missing),
            ].joined(separator: "\n\n")
        }
    }

    private static let others = [("`cat`, `wc -c`", "coreutils cat")]

    private static func small(_ tool: String, _ python: String, _ floor: String?, _ folder: String) -> [Program] {
        let check = CountCheck()
        var programs = models.map { count(tool, $0, "small", folder, check) }
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

    private static func large(_ tool: String, _ floor: String?, _ file: String) -> [Program] {
        let check = CountCheck()
        var programs = models.map { count(tool, $0, "large", file, check) }
        if let floor {
            programs += [1, 2].map { Program("C", timing: "large \($0)", [floor, "\($0)", file]) { _ in } }
        }
        programs.append(Program("coreutils", timing: "wc", ["wc", "-l", file]) { _ in })
        return programs
    }

    private static func count(
        _ tool: String, _ model: String, _ kind: String, _ source: String, _ check: CountCheck
    ) -> Program {
        let workers = model == "sequential" ? [] : ["--workers", "2"]
        return Program(
            "ours", timing: "\(kind) \(model)",
            [tool, "count", "--quiet", "--format", "csv", "--model", model] + workers + [source], check: check.verify)
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

    /// Kept in the build folder, since to write it takes longer than to measure.
    private struct Corpus {
        let folder = Place.package + "/.build/files"
        let large = Place.package + "/.build/large.txt"

        init(_ python: String) throws {
            let root = Place.parent(of: Place.package)
            let own = Place.environment("LETTERCOUNT_CORPUS").map { "\(Shell.quoted($0))/*.txt" }
            let sources =
                own ?? "$(find \(Shell.quoted(root))/Documentation \(Shell.quoted(root))/Sources -name '*.md')"
            let make = Shell.quoted(Peers.folder + "/files.py")
            let parts = largeByteCount / byteCount + 1
            _ = try Shell.output(
                ofScript: """
                    set -e
                    [ "$(ls \(Shell.quoted(folder)) 2>/dev/null | wc -l)" -eq \(fileCount) ] || \
                        \(Shell.quoted(python)) \(make) make \(Shell.quoted(folder)) \(byteCount) \(fileCount) \(sources)
                    [ "$(stat -c %s \(Shell.quoted(large)) 2>/dev/null)" = \(largeByteCount) ] || {
                        for part in $(seq \(parts)); do cat \(Shell.quoted(folder))/*; done |
                            head -c \(largeByteCount) >\(Shell.quoted(large))
                    }
                    cat \(Shell.quoted(folder))/* \(Shell.quoted(large)) >/dev/null
                    """)
        }
    }
}
