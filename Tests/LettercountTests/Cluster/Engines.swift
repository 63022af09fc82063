// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// The engines of others that a count can be distributed by, where they are installed: `Scripts/install-engines`.
enum Engines {
    /// A folder with `bin/spark-submit`.
    static let spark: String? = {
        let libraries = packageRoot + "/.build/engines/spark/lib"
        let installed = TestFile.names(in: libraries).map { "\(libraries)/\($0)/site-packages/pyspark" }
        return ([environmentValue("SPARK_HOME")].compactMap(\.self) + installed)
            .first { resolved($0 + "/bin/spark-submit") != nil }
    }()

    static let parallel = program("parallel")
    /// Its own server is run for each connection, and may be by root only.
    static let secureShell = geteuid() == 0 && program("ssh") != nil ? program("sshd") : nil
    /// What is needed to run a cluster of one's own; only root may.
    static let slurm = geteuid() == 0 ? program("slurmctld") : nil

    private static func program(_ name: String) -> String? {
        let folders: [Substring] = (environmentValue("PATH") ?? "").split(separator: ":") + ["/usr/sbin"]
        return folders.map { "\($0)/\(name)" }.first { resolved($0) != nil }
    }

    /// Runs a script of the package; it must end with 0. What it prints.
    static func script(
        _ name: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let result = try await Program.run(
            "\(packageRoot)/Scripts/\(name)", arguments, environment: ["SPARK_HOME": spark], deadline: .seconds(120))
        #expect(result.status == .exited(0), "\(result.standardError)", sourceLocation: sourceLocation)
        return result.standardOutput.trimmingSuffix("\n").description
    }
}

/// A point in a job at which one of its workers waits until the test has done what it wants to do there.
///
/// The engines run a script instead of the tool, which becomes the tool, but the first worker of one batch opens a pipe first,
/// and reads it to its end.
struct WorkerGate {
    let script: String
    private let holder: RunningProgram

    /// - Parameters:
    ///   - batch: The end of the name of the batch whose worker waits.
    ///   - folder: For the script and the pipe.
    init(before batch: String, in folder: String) async throws {
        script = folder + "/gated"
        try await Script.write(
            """
            case "$*" in
            *"\(batch)") if mkdir '\(folder)/taken' 2>/dev/null; then read -r _ <'\(folder)/pipe' || true; fi ;;
            esac
            exec '\(try Tool.path)' "$@"
            """, to: script)
        let made = try await Program.run("mkfifo", [folder + "/pipe"])
        try #require(made.status == .exited(0))
        // To open a pipe for writing waits for a reader.
        holder = try Program.start(
            "bash", ["-c", "exec 3>'\(folder)/pipe'; echo open; read -r _"], standardInput: .open,
            deadline: .seconds(200))
    }

    /// Until a worker has come here.
    func wait() async throws { try await holder.line(containing: "open") }

    /// Lets it go on, if it still lives.
    func open() async throws {
        holder.closeStandardInput()
        _ = try await holder.wait()
    }
}

/// Programs of a few lines.
enum Script {
    static func write(_ lines: String, to path: String) async throws {
        try TestFile.write("#!/bin/bash\n\(lines)\n", to: path)
        let changed = try await Program.run("chmod", ["755", path])
        try #require(changed.status == .exited(0))
    }
}
