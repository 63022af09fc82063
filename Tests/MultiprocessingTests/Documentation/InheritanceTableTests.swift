// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

/// What a worker inherits, as the documentation says it and as it is.
@Suite("The table of what a worker inherits", .leavesNothingBehind)
struct InheritanceTableTests {
    @Test("is what a worker finds", arguments: StartMethod.allCases)
    func measured(_ method: StartMethod) async throws {
        let said = try table(column: ["fork": 1, "spawn": 2, "forkserver": 3][method.rawValue, default: 0])
        try await withTemporaryDirectory { folder in
            let probe = try BuiltProducts.path(of: "Probe")
            let result = try await Program.run(probe, ["inheritance", method.rawValue, folder])
            #expect(result.status == .exited(0), "\(result.standardOutput)")
            let found = result.standardOutput.split(separator: "\n").map { line in
                line.split(separator: "\t").map(String.init)
            }
            #expect(found.map(\.first) == said.map(\.first), "the rows")
            for (found, said) in zip(found, said) { #expect(found == said) }
        }
    }

    /// Each row's label and its cell in one column.
    private func table(column: Int) throws -> [[String]] {
        let article = try #require(Article.all.first { $0.name == "ChoosingAStartMethod.md" })
        let lines = article.text.split(separator: "\n", omittingEmptySubsequences: false)
        let table = lines.drop { $0 != "### What a worker inherits" }.drop { !$0.hasPrefix("|") }
        // Behind the head and the line under it.
        return table.prefix { $0.hasPrefix("|") }.dropFirst(2).map { line in
            let cells = line.split(separator: "|").map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            return [cells[0], cells[column]]
        }
    }
}
