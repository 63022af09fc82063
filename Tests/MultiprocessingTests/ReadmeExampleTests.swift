// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Multiprocessing
import TestSupport
import Testing

@Suite("The README's examples", .leavesNothingBehind(after: { try? ForkServer.start() }))
struct ReadmeExampleTests {
    static let files = ["ReadmeExample.swift", "ReadmeSharingExample.swift"]

    @Test("count the primes below 2,500")
    func primes() async throws {
        #expect(try await countPrimes(below: 2_500) == 367)
    }

    @Test("find the longest word")
    func longest() async throws {
        let found = try await longestWords(in: [["a", "bcd", "ef"], ["gh", "ijkl"], []])
        #expect(found.length == 4)
        // Which others were the longest for a moment depends on who was first.
        #expect(found.candidates.contains("ijkl"))
    }

    @Test("are the ones that are compiled here, and have at most 26 lines", arguments: files)
    func areTheSame(_ file: String) throws {
        let code = try TestFile.text(packageRoot + "/Tests/MultiprocessingTests/" + file)
        // All of the file but its header.
        let example = try String(code[#require(code.firstRange(of: "import")).lowerBound...])
        let readme = try TestFile.text(packageRoot + "/README.md")
        #expect(readme.contains("```swift\n" + example + "```\n"))
        #expect(example.split(separator: "\n").count <= 26)
    }
}
