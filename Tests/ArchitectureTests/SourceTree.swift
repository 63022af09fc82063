// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// The package's own files, read once.
enum SourceTree {
    static let sources = files(under: "Sources")
    static let tests = files(under: "Tests")
    static let examples = files(under: "Examples")
    static let all = sources + tests + examples + files(under: "Benchmarks")
    static let swift = all.filter(\.isSwift)

    /// The files in C and Swift below a folder of the package, in order; empty without the folder.
    static func files(under folder: String) -> [SourceFile] {
        TestFile.names(in: packageRoot + "/" + folder).flatMap { (name) -> [SourceFile] in
            let path = folder + "/" + name
            if name.hasPrefix(".") { return [] }
            if isFolder(packageRoot + "/" + path) { return files(under: path) }
            guard [".swift", ".c", ".h"].contains(where: { name.hasSuffix($0) }),
                let text = try? TestFile.text(packageRoot + "/" + path)
            else { return [] }
            return [SourceFile(path, text)]
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}

extension SourceFile {
    var isSwift: Bool { path.hasSuffix(".swift") }

    /// The folders on the way to the file: `["Sources", "Multiprocessing", "System"]`.
    var folders: [String] { path.split(separator: "/").dropLast().map(String.init) }
}

/// Fails with one line for each violation.
func expectNone(_ violations: [Violation], _ rule: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let list = violations.map { "\($0)" }.joined(separator: "\n")
    #expect(violations.isEmpty, "\(rule):\n\(list)", sourceLocation: sourceLocation)
}
