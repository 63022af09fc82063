// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The programs that are measured beside ours, where this machine has what they need.
enum Peers {
    static let folder = Place.package + "/Peers"

    /// The interpreter itself: a wrapper of a version manager would be measured with every start.
    static let python: String? = {
        let path = Shell.word("python3 -c 'import sys; print(sys.executable)'", else: "")
        return path.isEmpty ? nil : path
    }()

    /// A C program of the peers' folder, compiled into another; nil without a compiler.
    static func compile(_ name: String, into folder: String, libraries: [String] = []) throws -> String? {
        guard Shell.word("command -v cc", else: "") != "" else { return nil }
        let program = folder + "/" + name
        _ = try Shell.output(of: ["cc", "-O2", "-pthread", "-o", program, "\(Self.folder)/\(name).c"] + libraries)
        return program
    }

    /// A Python that has loky: `LOKY_PYTHON`, or the environment that `Benchmarks/report` makes.
    static let loky: String? = {
        let path = Place.environment("LOKY_PYTHON") ?? Place.package + "/.build/loky/bin/python"
        let hasLoky = Shell.word("\(Shell.quoted(path)) -c 'import loky; print(loky.__version__)'", else: "") != ""
        return hasLoky ? path : nil
    }()

    /// A program in Rust, as `compile(_:into:libraries:)`.
    static func compileRust(_ name: String, into folder: String) throws -> String? {
        guard Shell.word("rustc --version", else: "") != "" else { return nil }
        let program = folder + "/" + name + "-rust"
        _ = try Shell.output(of: ["rustc", "-O", "-o", program, "\(Self.folder)/\(name).rs"])
        return program
    }

    /// A Python that has numpy: the one of `Benchmarks/report`, or the interpreter itself.
    static let numpy: String? = {
        [Place.package + "/.build/loky/bin/python", python ?? ""].first {
            Shell.word("\(Shell.quoted($0)) -c 'import numpy; print(numpy.__version__)'", else: "") != ""
        }
    }()

    /// A Python that has aiohttp and numpy: the one of `Benchmarks/report`.
    static let aiohttp: String? = {
        let path = Place.package + "/.build/loky/bin/python"
        let isThere = Shell.word("\(Shell.quoted(path)) -c 'import aiohttp, numpy; print(1)'", else: "") != ""
        return isThere ? path : nil
    }()

    /// An interpreter that is called by its name; nil when there is none.
    static func command(_ name: String) -> String? {
        let path = Shell.word("command -v \(name)", else: "")
        return path.isEmpty ? nil : path
    }

    static let noPython = "no python3 here"
    static let noLoky = "no loky here: Benchmarks/report installs it, or name a Python that has it in LOKY_PYTHON"
    static let noAiohttp = "no aiohttp here: Benchmarks/report installs it"
    static let noNode = "no node here"
    static let noErlang = "no escript (Erlang) here"
    static let noCompiler = "no C compiler (cc) here"
    static let noRust = "no rustc here"
}

/// Where things are.
enum Place {
    /// The folder of the benchmarks' package, as it was compiled.
    static let package = parent(of: parent(of: parent(of: #filePath)))

    /// The file of this program.
    static let program = Shell.word("readlink /proc/\(getpid())/exe")

    /// The tool, if it has been built.
    static var lettercount: String? {
        let path = environment("LETTERCOUNT") ?? parent(of: package) + "/.build/release/lettercount"
        return Shell.exists(path) ? path : nil
    }

    /// The program that measures the counting kernels, if it has been built.
    static var kernels: String? {
        let path = parent(of: package) + "/.build/release/kernels"
        return Shell.exists(path) ? path : nil
    }

    static func parent(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    static func environment(_ name: String) -> String? {
        let value = Shell.word("printenv \(name)", else: "")
        return value.isEmpty ? nil : value
    }

    /// Makes a folder for the time of the body.
    static func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = Shell.word("mktemp -d -t benchmarks.XXXXXX", else: "")
        guard folder.contains("/benchmarks.") else { throw BenchmarkFailure("could not make a temporary folder") }
        defer { _ = try? Shell.output(of: ["rm", "-rf", folder]) }
        return try body(folder)
    }
}
