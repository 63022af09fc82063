// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Other programs. What they write to standard error is shown.
enum Shell {
    /// Runs a program to its end and returns what it wrote.
    ///
    /// - Throws: When it cannot be run or does not exit with 0.
    static func output(of command: [String]) throws -> String {
        try output(ofScript: "exec " + command.map(quoted).joined(separator: " "))
    }

    /// As above, for a line of shell.
    static func output(ofScript script: String) throws -> String {
        // Our own buffers still hold what the child would otherwise write first.
        fflush(nil)
        // Two C strings that live for the call.
        guard let stream = unsafe popen(script, "r") else { throw BenchmarkFailure("no process for: \(script)") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            // Reads at most count bytes into the array.
            let count = unsafe fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        // The stream that popen made, used no more.
        let status = unsafe pclose(stream)
        guard status == 0 else { throw BenchmarkFailure("failed (wait status \(status)): \(script)") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// As `output(ofScript:)`, in one line, or what to say instead.
    static func word(_ script: String, else other: String = "unknown") -> String {
        let output = (try? output(ofScript: script + " 2>/dev/null")) ?? ""
        let line = output.split(separator: "\n").first.map(String.init) ?? ""
        return line.isEmpty ? other : line
    }

    /// Starts a program that goes on beside us; its standard output is not looked at.
    static func start(_ command: [String]) throws -> pid_t {
        let line = try output(ofScript: command.map(quoted).joined(separator: " ") + " >/dev/null </dev/null & echo $!")
        guard let identifier = line.split(separator: "\n").first.flatMap({ pid_t($0) }) else {
            throw BenchmarkFailure("could not start \(command)")
        }
        return identifier
    }

    static func exists(_ path: String) -> Bool {
        // A C string that lives for the call.
        unsafe access(path, X_OK) == 0
    }

    static func quoted(_ word: String) -> String {
        "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
