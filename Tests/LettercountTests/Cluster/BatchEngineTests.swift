// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// GNU parallel and Slurm, as the documentation says that they are used.
@Suite(.leavesNothingBehind) struct BatchEngineTests {
    private static func shell(
        _ command: String, environment: [String: String?] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProgramResult {
        let folder = String(try Tool.path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 })
        let path = folder + ":" + (environmentValue("PATH") ?? "")
        let result = try await Program.run(
            "bash", ["-o", "pipefail", "-c", command], environment: environment.merging(["PATH": path]) { $1 },
            deadline: .seconds(120))
        #expect(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        return result
    }

    private static func list(_ folder: String) throws -> [[UInt8]] {
        let documents = try Samples.write(50, to: folder)
        let names = (0..<500).map { "\(folder)/\(String(repeating: "./", count: $0 / 50))\($0 % 50).txt" }
        try TestFile.write(names.map { $0 + "\n" }.joined(), to: folder + "/list.txt")
        return documents
    }

    private static func check(_ bytes: [UInt8], _ documents: [[UInt8]]) throws {
        let report = try MergedReport(bytes)
        #expect(report.table == Oracle.letters(documents).map { $0 * 10 } && report.documents == 500)
    }

    // MARK: GNU parallel

    @Test(
        .enabled(if: Engines.parallel != nil, "GNU parallel is not installed: Scripts/install-engines parallel"),
        arguments: [
            "parallel --will-cite --pipe -N100 --retries 3 lettercount worker --workers 1 < list.txt",
            "parallel --will-cite -N100 --retries 3 lettercount worker --workers 1 :::: list.txt",
            "seq 7 | parallel --will-cite --retries 3 lettercount worker --workers 1 --shard {}/7 @list.txt",
        ])
    func `parallel gives what one count gives`(command: String) async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Self.list(folder)
            let result = try await Self.shell(
                "cd '\(folder)' && \(command) | lettercount merge --documents 500 --format json")
            try Self.check(result.standardOutputBytes, documents)
        }
    }

    @Test(.enabled(if: Engines.parallel != nil, "GNU parallel is not installed: Scripts/install-engines parallel"))
    func `parallel repeats workers that are killed, and forgets what they have written`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Self.list(folder)
            try await Script.write(
                """
                if mkdir "$PWD/once-$PARALLEL_SEQ" 2>/dev/null; then lettercount worker "$@"; kill -KILL $$; fi
                exec lettercount worker "$@"
                """, to: folder + "/dying")
            let result = try await Self.shell(
                "cd '\(folder)' && parallel --will-cite -N100 --retries 3 ./dying :::: list.txt "
                    + "| lettercount merge --documents 500 --format json")
            try Self.check(result.standardOutputBytes, documents)
            #expect(TestFile.names(in: folder).count { $0.hasPrefix("once-") } == 5)
        }
    }

    /// A program like `ssh` to hosts that are all this one: for each connection it runs a server at its own end.
    private static func writeShell(to path: String, in folder: String) async throws {
        _ = try await shell("cd '\(folder)' && for name in host user; do ssh-keygen -q -t ed25519 -N '' -f $name; done")
        let options =
            "-o HostKey=\(folder)/host -o AuthorizedKeysFile=\(folder)/user.pub -o StrictModes=no -o UsePAM=no "
            + "-o PermitRootLogin=yes"
        try await Script.write(
            """
            mkdir -p /run/sshd
            exec ssh -F none -i '\(folder)/user' -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \\
                -o LogLevel=ERROR -o ProxyCommand='/usr/sbin/sshd -i -f /dev/null \(options)' "$@"
            """, to: path)
    }

    @Test(
        .enabled(
            if: Engines.parallel != nil && Engines.secureShell != nil,
            "GNU parallel or ssh is not installed, or this is not root: Scripts/install-engines parallel"))
    func `parallel over ssh gives what one count gives`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Self.list(folder)
            try await Self.writeShell(to: folder + "/remote", in: folder)
            let result = try await Self.shell(
                "seq 7 | parallel --will-cite --ssh '\(folder)/remote' -S 2/one,2/two --retries 3 '\(try Tool.path)' worker "
                    + "--workers 1 --shard {}/7 '@\(folder)/list.txt' | lettercount merge --documents 500 --format json"
            )
            try Self.check(result.standardOutputBytes, documents)
        }
    }

    // MARK: Slurm

    @Test(
        .enabled(if: Engines.slurm != nil, "Slurm is not installed, or this is not root: Scripts/install-engines slurm")
    )
    func `an array of Slurm gives what one count gives, though workers are killed`() async throws {
        try await withTemporaryDirectory { folder in
            let documents = try Self.list(folder)
            // Its services are other users, who cannot look into a test's folder.
            let state = folder + ".slurm"
            let started = try await Engines.script("slurm-cluster", ["start", "--state", state])
            do {
                let configuration = try #require(started.split(separator: "=").last).description
                try await Script.write(
                    """
                    if [ "$1" = worker ] && mkdir "$PWD/once-$SLURM_ARRAY_TASK_ID" 2>/dev/null; then
                        '\(try Tool.path)' "$@"; kill -KILL $$
                    fi
                    exec '\(try Tool.path)' "$@"
                    """, to: folder + "/dying")
                let result = try await Self.shell(
                    """
                    cd '\(folder)' && lettercount slurm --binary ./dying --shards 9 --into 'an array' @list.txt >&2
                    job=$(bash 'an array/submit' | sed 's/.* merging in //')
                    srun --quiet --dependency=afterany:$job cat 'an array/result.json' || cat 'an array'/*.log >&2
                    """, environment: ["SLURM_CONF": configuration])
                try Self.check(result.standardOutputBytes, documents)
                #expect(TestFile.names(in: folder + "/an array").count { $0.hasPrefix("once-") } == 9)
            } catch { Issue.record(error) }
            _ = try await Engines.script("slurm-cluster", ["stop", "--state", state])
        }
    }

    @Test func `the scripts for Slurm are as many as are said, and an existing folder is not touched`() async throws {
        try await withTemporaryDirectory { folder in
            _ = try Self.list(folder)
            let arguments = [
                "slurm", "--shards", "3", "--cpus", "2", "--into", folder + "/it's", "--sbatch=--time=5", folder,
            ]
            #expect(try await Tool.run(arguments).status == .exited(0))
            let names = TestFile.names(in: folder + "/it's").sorted()
            #expect(names == ["count.sbatch", "merge.sbatch", "sources", "submit"])
            let script = try TestFile.text(folder + "/it's/count.sbatch")
            #expect(script.contains("#SBATCH --array=1-3\n") && script.contains("#SBATCH --time=5\n"))
            #expect(script.contains("#SBATCH --cpus-per-task=2\n"))
            for name in ["count.sbatch", "merge.sbatch", "submit"] {
                #expect(try await Program.run("bash", ["-n", "\(folder)/it's/\(name)"]).status == .exited(0))
            }
            let again = try await Tool.run(arguments)
            #expect(again.status == .exited(74) && again.standardError.contains("there already"))
        }
    }
}
