// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A page of the library's documentation, as far as its examples go.
struct Article: CustomStringConvertible, Sendable {
    private static let catalog = packageRoot + "/Sources/Multiprocessing/Multiprocessing.docc"
    /// Those of the products beside the library are compiled with their own tests.
    private static let tests = [
        "MultiprocessingTests/Documentation", "MultiprocessingObservabilityTests", "MultiprocessingServicesTests",
    ].map { packageRoot + "/Tests/" + $0 }
    private static let examples = packageRoot + "/Examples"

    static let all = TestFile.names(in: catalog).filter { $0.hasSuffix(".md") }.compactMap { name in
        (try? TestFile.text(catalog + "/" + name)).map { Article(name: name, text: $0) }
    }

    /// The files in these folders that are compiled with the tests, and the programs in Examples.
    static let compiledFiles = (testFiles + programFiles).compactMap { try? TestFile.text($0) }

    private static let testFiles = tests.flatMap { folder in
        TestFile.names(in: folder).filter { $0.hasSuffix("Example.swift") }.map { folder + "/" + $0 }
    }
    static let programFiles = TestFile.names(in: examples).flatMap { folder in
        TestFile.names(in: examples + "/" + folder).filter { $0.hasSuffix(".swift") }.map {
            "\(examples)/\(folder)/\($0)"
        }
    }

    /// The tutorial, in each of its languages.
    static let tutorial = all.filter { ["ProcessesVsThreads.md", "ProcessosEThreads.md"].contains($0.name) }

    /// The names of the catalog's pictures, each once for all its sizes and colours.
    static let storedPictures = Set(
        TestFile.names(in: catalog + "/Resources").filter { $0.hasSuffix(".png") }.compactMap {
            $0.split { ".~@".contains($0) }.first.map(String.init)
        })

    let name: String
    let text: String

    var description: String { name }

    /// What stands between the fences of Swift code.
    var blocks: [String] { blocks(of: "swift") }

    /// The names of its pictures, in their order.
    var pictures: [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix("![") && $0.hasSuffix(")") }.compactMap {
            $0.dropLast().split(separator: "(").last
        }
    }

    /// What stands between the fences of a language.
    func blocks(of language: String) -> [String] {
        var blocks: [String] = []
        var block: [Substring]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            switch (line, block) {
            case ("```\(language)", nil): block = []
            case ("```", let lines?):
                blocks.append(lines.joined(separator: "\n"))
                block = nil
            default: block?.append(line)
            }
        }
        return blocks
    }
}

/// Lines of code whatever their indentation, and the imports above them.
///
/// Statements of a `main.swift` stand in a function of the compiled file, and imports cannot: so they are compared
/// apart.
struct CodeLines {
    let imports: [Substring]
    let body: [Substring]

    init(_ code: String) {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(Self.withoutBlanks)
        imports = lines.filter { $0.hasPrefix("import ") }
        body = Array(lines.filter { !$0.hasPrefix("import ") }.drop(while: \.isEmpty))
    }

    private static func withoutBlanks(_ line: Substring) -> Substring {
        let line = line.drop { $0 == " " }
        return line.dropLast(line.reversed().prefix { $0 == " " }.count)
    }

    /// Whether they stand in the other code, the body in one piece.
    func occur(in file: CodeLines) -> Bool {
        guard !body.isEmpty, body.count <= file.body.count, imports.allSatisfy(file.imports.contains) else {
            return false
        }
        return (0...(file.body.count - body.count)).contains { file.body[$0...].starts(with: body) }
    }
}
