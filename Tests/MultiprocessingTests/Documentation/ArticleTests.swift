// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct ArticleTests {
    private static let manifestBeginning = "// swift-tools-version:"

    @Test(arguments: Article.all)
    func `each block of Swift in the documentation is compiled with the tests`(_ article: Article) {
        let files = Article.compiledFiles.map(CodeLines.init)
        for block in article.blocks where !block.hasPrefix(Self.manifestBeginning) {
            #expect(
                files.contains { CodeLines(block).occur(in: $0) },
                "in no file of this folder and in no program of Examples:\n\(block)")
        }
    }

    @Test func `there are articles, blocks and compiled files to compare`() {
        #expect(Article.all.map(\.name).contains("Multiprocessing.md"))
        #expect(Article.all.flatMap(\.blocks).count > 10)
        #expect(Article.compiledFiles.count > 5)
        #expect(Article.programFiles.count > 5)
    }

    @Test(arguments: ["swift", "text"])
    func `the tutorial shows the same code and outputs in both languages`(_ language: String) {
        let blocks = Article.tutorial.map { $0.blocks(of: language) }
        #expect(blocks.count == 2)
        #expect(blocks.first == blocks.last)
        #expect(blocks.first?.isEmpty == false)
    }

    @Test func `the tutorial shows the same pictures in both languages, and all there are`() {
        let pictures = Article.tutorial.map { $0.pictures.map(String.init) }
        #expect(pictures.count == 2)
        #expect(pictures.first == pictures.last)
        #expect(Set(pictures.joined()) == Article.storedPictures)
    }

    @Test func `the tutorial's programs are those of Examples`() {
        let folders = Article.programFiles.compactMap { $0.split(separator: "/").dropLast().last }
        let programs = Set(folders.map(String.init))
        for article in Article.tutorial {
            let names = article.text.split { !$0.isLetter && $0 != "-" }.filter { $0.hasPrefix("example-") }
            #expect(!names.isEmpty)
            #expect(Set(names.map { String($0.dropFirst("example-".count)) }).isSubset(of: programs))
        }
    }

    @Test(.leavesNothingBehind)
    func `the manifest in the documentation is one`() async throws {
        let blocks = Article.all.flatMap(\.blocks).filter { $0.hasPrefix(Self.manifestBeginning) }
        #expect(blocks.count == 1)
        for block in blocks {
            try await withTemporaryDirectory { folder in
                try TestFile.write(block, to: folder + "/Package.swift")
                let result = try await Program.run("swift", ["package", "--package-path", folder, "dump-package"])
                #expect(result.status == .exited(0), "\(result.standardError)")
            }
        }
    }

    private static let compiled = "import A\nimport B\n\nfunc a() {\n    b()\n\n    c()\n}\n"

    @Test(arguments: [
        "b()", "b()\n\nc()", "import A\n\nb()", "    b()", "import A\nimport B\n\nfunc a() {\n  b()", "c()\n}",
    ])
    func `code occurs whatever its indentation`(_ block: String) {
        #expect(CodeLines(block).occur(in: CodeLines(Self.compiled)))
    }

    @Test(arguments: ["", "d()", "b()\nc()", "import C\n\nb()", "b( )", "c()\n}\n\nd()", "b()\n\nc(", "// b()"])
    func `code that differs does not occur`(_ block: String) {
        #expect(!CodeLines(block).occur(in: CodeLines(Self.compiled)))
    }

    @Test func `blocks are what stands between fences of Swift`() {
        let text = "a\n```swift\nlet b = 1\n\nlet c = 2\n```\nd\n```\ne\n```\n```text\nf\n```\n```swift\ng()\n```\n"
        #expect(Article(name: "", text: text).blocks == ["let b = 1\n\nlet c = 2", "g()"])
    }
}
