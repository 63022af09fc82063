// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct OddInputTests {
    @Test(arguments: OddComparisons.all.map(\.name))
    func `a page is made of`(_ name: String) {
        let comparison = OddComparisons.named(name)
        let html = ComparisonPage.html(for: comparison)
        let page = PageReader(html)
        #expect(page.faults == [])
        #expect(!html.contains("nan%") && !html.contains("inf"))
        let json = ComparisonJSON.value(of: comparison)
        for element in page.elements {
            guard let key = element.attributes["data-key"], let value = element.attributes["data-value"] else {
                continue
            }
            #expect(json.number(at: key) == value, "\(key)")
        }
    }

    @Test(arguments: [
        (0.0, "0.0"), (0.25, "0.25"), (999_999_999.5, "999999999.5"), (1e9, "1000000000.0"), (-2e10, "-20000000000.0"),
        (5e18, "null"), (.nan, "null"),
    ])
    func `numbers of any size have a place in the JSON`(_ value: Double, _ text: String) {
        #expect(JSONValue(value).text == text)
    }

    @Test func `only what is there has a section`() {
        func sections(_ name: String) -> [String] {
            PageReader(ComparisonPage.html(for: OddComparisons.named(name))).elements
                .filter { $0.name == "section" }.compactMap { $0.attributes["id"] }
        }
        #expect(sections("nothing was measured") == ["summary", "letters", "facts", "method"])
        #expect(sections("only scalings") == ["summary", "scaling", "letters", "facts", "method"])
        #expect(sections("one run") == ["summary", "workload-0", "letters", "facts", "method"])
    }

    @Test func `every link within the page leads somewhere`() {
        for (_, comparison) in OddComparisons.all {
            let page = PageReader(ComparisonPage.html(for: comparison))
            for link in page.elements.compactMap({ $0.attributes["href"] }) {
                #expect(page.with(id: String(link.dropFirst())) != nil, "\(link)")
            }
        }
    }

    @Test func `a failure is told with its reason, escaped`() {
        let html = ComparisonPage.html(for: OddComparisons.named("every model failed"))
        #expect(html.contains("a worker died &lt;SIGKILL&gt;"))
        #expect(html.contains("! failed"))
    }

    @Test func `a hostile name becomes no element`() {
        let html = ComparisonPage.html(for: OddComparisons.named("hostile names"))
        #expect(PageReader(html).elements.allSatisfy { $0.name != "b" && $0.attributes["onclick"] == nil })
        // The JSON has the name as it is, in a place where it is never shown.
        let shown = html[..<(html.firstRange(of: "id=\"data\"")?.lowerBound ?? html.startIndex)]
        #expect(!shown.isEmpty)
        #expect(!shown.unicodeScalars.contains("\u{1b}") && !shown.unicodeScalars.contains("\u{202e}"))
    }

    @Test func `a timeline draws no more documents than a browser can bear, and says so`() {
        let page = PageReader(ComparisonPage.html(for: OddComparisons.named("many workers")))
        #expect(page.with(kind: "document").count == 2_000)
        #expect(page.with(kind: "notice").contains { $0.text.contains("the first 2,000 of 5,000") })
        #expect(Timeline.most(timelines: 1_000) == 100)
    }

    @Test(arguments: [1, 16, 17, 40, 41, 1_024])
    func `lanes do not overlap`(_ count: Int) {
        let lanes = Lanes(count: count)
        let tops = (0..<count).map(lanes.top)
        for (above, below) in zip(tops, tops.dropFirst()) { #expect(below - above >= lanes.laneHeight) }
        #expect((tops.last ?? 0) + lanes.laneHeight <= lanes.height)
        #expect(lanes.labels.count <= 64)
    }
}
