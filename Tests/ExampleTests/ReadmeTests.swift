// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite("The README of the examples", .leavesNothingBehind) struct ReadmeTests {
    /// Where workers print while others do, each run has its own order.
    private static let inAnyOrder: Set = ["working-threads", "working-processes", "messages"]

    @Test(arguments: Example.names)
    func `shows what the program really writes`(name: String) async throws {
        func shape(_ lines: [String]) -> [String] {
            let shapes = lines.filter { !$0.contains("Fatal error") }.map(\.shape)
            return Self.inAnyOrder.contains(name) ? shapes.sorted() : shapes
        }
        #expect(try await shape(Example.lines(of: name)) == shape(Example.shownLines(of: name)))
    }

    @Test func `explains each program, and the main README names it`() throws {
        let headings = try TestFile.text(packageRoot + "/Examples/README.md").split(separator: "\n")
            .filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(Set(headings).isSuperset(of: Example.names))
        #expect(Example.names.count == 11)
        let main = try TestFile.text(packageRoot + "/README.md")
        #expect(Example.names.filter { !main.contains("| `example-\($0)` |") }.isEmpty)
    }

    @Test func `numbers and gaps have no shape`() {
        #expect("  12 of 3.25 ms".shape == " 0 of 0.0 ms")
        #expect("a 1, b 22".numbers == [1, 22])
        #expect("No update was lost this time.".shape == "517890 updates were lost.".shape)
        #expect("Counted 5".shape != "counted 5".shape)
    }
}
