// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import lettercount

/// For those who want to look at pages: `LETTERCOUNT_SAMPLE_PAGES=FOLDER swift test --filter SamplePageTests`.
@Suite struct SamplePageTests {
    private static let folder = environmentValue("LETTERCOUNT_SAMPLE_PAGES")

    @Test(.enabled(if: folder != nil, "LETTERCOUNT_SAMPLE_PAGES names no folder"))
    func `sample pages are written where they are wanted`() throws {
        let folder = try #require(Self.folder)
        for (name, comparison) in [("page", SampleComparison.whole)] + OddComparisons.all {
            let path = "\(folder)/\(name.split(separator: " ").joined(separator: "-")).html"
            try TestFile.write(ComparisonPage.html(for: comparison), to: path)
            #expect(try TestFile.text(path).hasSuffix("</html>\n"))
        }
    }
}
