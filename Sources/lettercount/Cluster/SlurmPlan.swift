// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Documents
import LetterCounting
import Multiprocessing

/// The scripts of a count by a job array of Slurm.
struct SlurmPlan: Sendable {
    let folder: String
    let program: String
    let documents: [String]
    let shards: Int
    let cpus: Int
    let options: [String]
    let worker: [String]

    private static let documentsPerShard = 100
    /// What Slurm allows unless it is told otherwise (MaxArraySize 1001).
    private static let mostShards = 1_000

    init(
        _ typed: Slurm, environment: (String) -> String? = Environment.value, workingDirectory: String = OwnFolder.path
    ) throws(Refusal) {
        let here = workingDirectory + "/"
        guard case .sources(let list) = try typed.input.input(environment) else {
            throw Refusal(.usage, "say what is to be counted")
        }
        if list.hasStandardInput { throw Refusal(.usage, "standard input is not where the jobs are; give them a list") }
        documents = list.documents.map { $0.absoluteName(in: workingDirectory) }
        if documents.isEmpty { throw Refusal(.noInput, "there is nothing to count") }
        folder = typed.into.hasPrefix("/") ? typed.into : here + typed.into
        guard let program = typed.binary ?? OwnFolder.program else {
            throw Refusal(.noInput, "name a program by --binary")
        }
        self.program = program.hasPrefix("/") ? program : here + program
        let perShard = Self.documentsPerShard
        shards = typed.shards ?? min(Self.mostShards, (documents.count + perShard - 1) / perShard)
        cpus = typed.cpus
        options = typed.sbatch
        var worker = [
            "--text", typed.text.rawValue, "--timeout", "\(typed.input.timeout)", "--retries", "\(typed.input.retries)",
        ]
        if typed.keepGoing { worker.append("--keep-going") }
        if let most = typed.input.maxBytes { worker += ["--max-bytes", "\(most)"] }
        self.worker = worker
    }

    /// Writes the folder.
    func write() throws(Refusal) {
        let folder = try JobFolder(at: folder)
        try folder.write(Array(documents.map { $0 + "\0" }.joined().utf8), to: "sources")
        for (name, text) in [("count.sbatch", count), ("merge.sbatch", merge), ("submit", submit)] {
            try folder.write(Array(text.utf8), to: name)
        }
    }

    var summary: String {
        "\(documents.count) documents in \(shards) jobs; to count them:\n  bash \(Self.quoted(folder + "/submit"))\n"
            + "then the result is in \(folder)/result.json\n"
    }

    // MARK: The scripts

    private func head(_ name: String, _ lines: [String]) -> String {
        (["#!/bin/bash"]
            + (["--job-name=\(name)"] + lines + options).map { "#SBATCH \($0)" } + [
                "set -euo pipefail", "cd \(Self.quoted(folder))", "",
            ])
            .joined(separator: "\n")
    }

    /// A line is there whole or not at all, and a worker that was killed is started again at once: Slurm itself would wait two
    /// minutes.
    var count: String {
        head(
            "lettercount",
            ["--array=1-\(shards)", "--cpus-per-task=\(cpus)", output("job-%a.log")])
                + """
                part=part-$SLURM_ARRAY_TASK_ID.jsonl
                for attempt in 1 2 3; do
                    status=0
                    \(Self.quoted(program)) worker \(worker.map(Self.quoted).joined(separator: " ")) --null \\
                        --shard "$SLURM_ARRAY_TASK_ID/\(shards)" @sources >"$part.new" || status=$?
                    if [ "$status" -eq 0 ]; then
                        mv "$part.new" "$part"
                        exit 0
                    fi
                    echo "attempt $attempt ended with $status" >&2
                    # Only what was killed is worth another try.
                    [ "$status" -gt 128 ] || break
                done
                rm -f "$part.new"
                exit "$status"

                """
    }

    var merge: String {
        head("lettercount-merge", [output("merge.log")]) + """
            \(Self.quoted(program)) merge --documents \(documents.count) --format json --output result.json part-*.jsonl

            """
    }

    var submit: String {
        """
        #!/bin/bash
        set -euo pipefail
        cd \(Self.quoted(folder))
        rm -f part-*.jsonl result.json
        array=$(sbatch --parsable count.sbatch)
        merge=$(sbatch --parsable --dependency="afterok:${array%%;*}" --kill-on-invalid-dep=yes merge.sbatch)
        echo "counting in the jobs ${array%%;*}_1 to ${array%%;*}_\(shards), merging in ${merge%%;*}"

        """
    }

    /// As one word of the shell.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        return isPlain
            ? text : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// A file of the folder, as an option of sbatch, which takes a percent sign for the beginning of a pattern, and blanks for
    /// the end of the option unless it is quoted.
    private func output(_ name: String) -> String {
        let path = folder.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
        return path.contains(" ") ? "\"--output=\(path)/\(name)\"" : "--output=\(path)/\(name)"
    }
}
