// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct SourceTreeTests {
    /// Without it every rule would hold over nothing if a folder were renamed.
    @Test func `the rules see the files of all targets`() {
        let targets = Set(SourceTree.swift.map { $0.folders.prefix(2).joined(separator: "/") })
        let expected = ["Multiprocessing", "LetterCounting", "Documents", "CorpusServer", "lettercount"]
        #expect(targets.isSuperset(of: expected.map { "Sources/" + $0 }))
        #expect(targets.isSuperset(of: ["Tests/Support", "Tests/ArchitectureTests"]))
        #expect(targets.contains("Examples/working-threads"))
        #expect(SourceTree.examples.allSatisfy { $0.path.hasPrefix("Examples/") && $0.folders.count == 2 })
        #expect(SourceTree.sources.contains { $0.path == "Sources/CMultiprocessing/entry.c" })
    }
}
