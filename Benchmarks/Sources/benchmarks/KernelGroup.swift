// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The counting kernels beside what others count with, and beside how fast a core can read at all.
struct KernelGroup: Group {
    /// Where the bytes come from, as the programs name it, and in words.
    private static let places = [
        ("document", "a document of 48 KB"),
        ("cache", "512 KiB of text, from the second-level cache"),
        ("binary", "512 KiB of random bytes, from the second-level cache"),
        ("memory", "1 GiB of text, from memory"),
    ]
    private static let kernels = ["avx512-gfni", "avx512-vbmi", "avx512", "avx2", "sse2", "neon", "portable"]
    private static let build = "swift build -c release --product kernels"

    func measure(runs: Int) throws -> String {
        guard let kernels = Place.kernels else {
            return "### Counting kernels\n\nskipped: no program of the kernels here; \(Self.build)"
        }
        return try Place.withTemporaryFolder { folder in
            let text = folder + "/text"
            try Self.writeText(to: text)
            var missing: [String: String] = [:]
            let check = CountsCheck()
            let programs = try Self.programs(kernels, text, folder, &missing).map(check.watched)
            let rounds = try Rounds(runs, of: programs, named: "kernels")
            let tables = Self.places.map {
                Self.table($0.0, $0.1, rounds.series, missing).markdown(rounds.series, missing: missing)
            }
            return (tables + [check.summary]).joined(separator: "\n\n")
        }
    }

    /// The user's documents, or this project's own.
    private static func writeText(to path: String) throws {
        let root = Place.parent(of: Place.package)
        let own =
            "find \(Shell.quoted(root + "/Documentation")) \(Shell.quoted(root + "/Sources")) -name '*.md' -type f"
        let folder = Place.environment("LETTERCOUNT_CORPUS")
        let names = folder.map { "find \(Shell.quoted($0)) -maxdepth 1 -name '*.txt' -type f" } ?? own
        _ = try Shell.output(ofScript: "\(names) | sort | tr '\\n' '\\0' | xargs -0 cat >\(Shell.quoted(path))")
    }

    private static func programs(
        _ kernels: String, _ text: String, _ folder: String, _ missing: inout [String: String]
    ) throws -> [Program] {
        var programs = [Program("ours", printing: [kernels, "measure", text])]
        if let peer = try Peers.compile("kernels", into: folder) {
            programs.append(Program("C", printing: [peer, text]))
        } else {
            missing["C"] = Peers.noCompiler
        }
        if let peer = try Peers.compileRust("kernels", into: folder) {
            programs.append(Program("Rust", printing: [peer, text]))
        } else {
            missing["Rust"] = Peers.noRust
        }
        if let python = Peers.numpy ?? Peers.python {
            programs.append(Program("CPython", printing: [python, Peers.folder + "/kernels.py", text]))
        } else {
            missing["CPython"] = Peers.noPython
        }
        return programs
    }

    private static func table(_ place: String, _ title: String, _ series: [String: Series], _ missing: [String: String])
        -> Table
    {
        let peers = [
            ("one core's reading: a sum in C", "C limit"), ("C, four tables", "C bytes"),
            ("Rust, four tables", "Rust bytes"), ("numpy, `bincount`", "CPython bincount"),
            ("CPython, `Counter`", "CPython counter"), ("CPython, the loop over the letters", "CPython loop"),
        ].map { ($0.0, "\($0.1) \(place)") }
        let ours = ["letters", "bytes"].flatMap { counted in
            kernels.map { ("\(counted), `\($0)`", "ours \(counted) \($0) \(place)") }
        }
        // A kernel of another processor is no gap, and some peers are too slow for the larger places.
        let rows = (ours + peers).filter { _, key in
            series[key] != nil || key.split(separator: " ").first.flatMap { missing[String($0)] } != nil
        }
        return Table(
            title: "Counting kernels: \(title)", unit: .gigabytesPerSecond,
            ratioTitles: ["÷ the limit", "÷ C", "÷ Rust", "÷ `bincount`", "÷ `Counter`", "÷ the loop"],
            rows: rows.map { label, key in
                Table.Row(label: label, key: key, ratios: peers.map { Table.Ratio(of: key, to: $0.1) })
            })
    }
}

/// Compares what all programs count in the document.
final class CountsCheck {
    /// By what was counted: 26 letters or 256 byte values.
    private var expected: [Int: [Double]] = [:]
    private var comparisons = 0

    /// The same program, whose lines with counts are compared and not taken for speeds.
    func watched(_ program: Program) -> Program {
        var watched = program
        watched.measure = {
            let lines = try program.measure()
            for (name, counts) in lines where name.hasSuffix("counts") { try self.verify(counts, program.name) }
            return lines.filter { !$0.name.hasSuffix("counts") }
        }
        return watched
    }

    private func verify(_ counts: [Double], _ name: String) throws {
        guard counts.count == 26 || counts.count == 256 else { throw BenchmarkFailure("\(name): not a table") }
        comparisons += 1
        guard counts == expected[counts.count, default: counts] else { throw BenchmarkFailure("\(name): wrong counts") }
        expected[counts.count] = counts
    }

    var summary: String {
        "All \(comparisons) tables of the document were the same; each program checks those of the other places itself."
    }
}
