// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Under what the figures came about: without it they mean nothing.
enum Surroundings {
    static var today: String { Shell.word("date +%Y-%m-%d") }

    /// Of the last minute, five and fifteen: other programs' share of the figures.
    static var loadAverage: String { Shell.word("cut -d' ' -f1-3 /proc/loadavg") }

    static func markdown(runs: Int, loadAtBeginning: String) -> String {
        let root = Shell.quoted(Place.package + "/..")
        let facts = [
            ("processor", Shell.word("sed -n 's/^model name.*: //p' /proc/cpuinfo", else: Shell.word("uname -m"))),
            ("processors online", Shell.word("nproc")),
            ("memory", Shell.word("awk '/MemTotal/ { printf \"%.1f GiB\", $2 / 1048576 }' /proc/meminfo")),
            ("kernel", Shell.word("uname -sr")),
            ("Swift", Shell.word("swift --version")),
            ("C compiler", Shell.word("cc --version", else: "none")),
            ("Python", Peers.python.map { Shell.word(Shell.quoted($0) + " --version") } ?? "none"),
            (
                "loky",
                Peers.loky.map { Shell.word("\(Shell.quoted($0)) -c 'import loky; print(loky.__version__)'") } ?? "none"
            ),
            ("Node", Shell.word("node --version", else: "none")),
            (
                "Erlang",
                Shell.word("erl -noshell -eval 'io:put_chars(erlang:system_info(otp_release)), halt().'", else: "none")
            ),
            ("commit", Shell.word("git -C \(root) describe --always --dirty", else: "none")),
            ("ended", Shell.word("date -u '+%Y-%m-%d %H:%M UTC'")),
            ("load average at the beginning", loadAtBeginning),
            ("load average at the end", loadAverage),
            ("rounds", "\(runs)"),
        ]
        return "### Surroundings\n\n| | |\n| --- | --- |\n"
            + facts.map { "| \($0) | \($1) |" }.joined(separator: "\n")
    }
}

/// Files of text.
enum TextFile {
    static func write(_ text: String, to path: String) throws {
        // C strings that live for the call.
        guard let file = unsafe fopen(path, "w") else { throw BenchmarkFailure("cannot write \(path)") }
        // The stream just opened; both results count, since a full disk may show only when it is closed.
        let isWritten = unsafe fputs(text, file) >= 0
        guard unsafe fclose(file) == 0, isWritten else { throw BenchmarkFailure("cannot write \(path)") }
    }
}
