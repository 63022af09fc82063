// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

@Suite("The README's example", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ReadmeExampleTests {
    @Test("counts the primes below 2,500")
    func runs() async throws {
        #expect(try await countPrimes(below: 2_500) == 367)
    }

    @Test("is the one that is compiled here, and has at most 20 lines")
    func isTheSame() throws {
        let code = try TestFile.text(packageRoot + "/Tests/MultiprocessingTests/ReadmeExample.swift")
        // All of the file but its header.
        let example = try String(code[#require(code.firstRange(of: "import")).lowerBound...])
        let readme = try TestFile.text(packageRoot + "/README.md")
        #expect(try #require(between("```swift\n", "```\n", in: readme)) == example)
        #expect(example.split(separator: "\n").count <= 20)
    }

    private func between(_ begin: String, _ end: String, in text: String) -> String? {
        guard let start = text.firstRange(of: begin)?.upperBound,
            let stop = text[start...].firstRange(of: end)?.lowerBound
        else { return nil }
        return String(text[start..<stop])
    }
}
