// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct ComparisonPageTests {
    private static let html = ComparisonPage.html(for: SampleComparison.whole)
    private static let page = PageReader(html)

    @Test func `elements are ended in their order`() {
        #expect(Self.page.faults == [])
        #expect(Self.html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
    }

    @Test func `identifiers are unique`() {
        let identifiers = Self.page.elements.compactMap { $0.attributes["id"] }
        let counts = Dictionary(grouping: identifiers) { $0 }.mapValues(\.count)
        #expect(counts.filter { $0.value > 1 }.isEmpty)
    }

    @Test(arguments: [
        "time-0", "speedup-0", "memory-0", "processor-0", "lost-0", "time-1", "speedup-1", "memory-1", "processor-1",
        "lost-1", "letters-chart", "scaling-workers-0", "scaling-bytes-0", "scaling-workers-1", "scaling-bytes-1",
        "timeline-0-0", "timeline-1-23",
    ])
    func `the page has the chart`(_ id: String) throws {
        let chart = try #require(Self.page.with(id: id))
        #expect(chart.name == "svg")
        #expect(chart.attributes["role"] == "img")
        let named = (chart.attributes["aria-labelledby"] ?? "").split(separator: " ")
        #expect(named.count == 2)
        for name in named { #expect(Self.page.with(id: String(name))?.text.isEmpty == false) }
    }

    @Test func `every model has a row in each chart, and a bar and seven points in that of the time`() {
        let rows = Self.page.with(kind: "row").compactMap { $0.attributes["data-model"] }
        let points = Self.page.with(kind: "point").compactMap { $0.attributes["data-model"] }
        for model in SampleComparison.models {
            #expect(rows.count { $0 == model.name } == 2 * 5)
            // Of the time and the processor time, and of the lost updates where any were.
            #expect(points.count { $0 == model.name } == 2 * 7 * (model.isSynchronised ? 2 : 3))
        }
    }

    @Test func `nothing is fetched from anywhere`() {
        for word in ["http://", "https://", "src=\"", "@import", "url(h", "<link", "fetch(", "XMLHttpRequest"] {
            #expect(!Self.html.contains(word), "\(word)")
        }
        #expect(Self.html.contains("default-src &#39;none&#39;"))
    }

    @Test func `each number with a place in the JSON is written as it is there`() {
        let json = ComparisonJSON.value(of: SampleComparison.whole)
        let figures = Self.page.elements.filter {
            $0.attributes["data-key"] != nil && $0.attributes["data-value"] != nil
        }
        #expect(figures.count > 1_000)
        let different = figures.filter {
            json.number(at: $0.attributes["data-key"] ?? "") != $0.attributes["data-value"]
        }
        #expect(different.map(\.attributes) == [])
    }

    @Test func `each document of a timeline carries the JSON's times`() {
        let json = ComparisonJSON.value(of: SampleComparison.whole)
        let documents = Self.page.with(kind: "document")
        #expect(documents.count == 2 * SampleComparison.models.count * SampleComparison.documents.count)
        for document in documents {
            let key = document.attributes["data-key"] ?? ""
            for part in ["start", "wait", "transfer", "count", "merge"] {
                #expect(document.attributes["data-" + part] == json.number(at: "\(key).\(part)"))
            }
        }
    }

    @Test func `the JSON is within the page`() throws {
        let data = try #require(Self.page.with(id: "data"))
        #expect(data.attributes["type"] == "application/json")
        #expect(data.text == ComparisonJSON.text(of: SampleComparison.whole))
    }

    @Test func `tables have captions, and heads that say what they are about`() {
        let tables = Self.page.elements.count { $0.name == "table" }
        #expect(tables == Self.page.elements.count { $0.name == "caption" })
        #expect(tables > 50)
        #expect(Self.page.elements.allSatisfy { $0.name != "th" || $0.attributes["scope"] != nil })
    }

    @Test func `one timeline is unfolded, that of the fastest exact model`() {
        let panels = Self.page.with(kind: "timeline-panel").filter { $0.attributes["open"] != nil }
        let fastest = Finding(result: SampleComparison.whole.workloads[0], index: 0).fastest
        #expect(panels.map { $0.attributes["data-timeline"] } == ["timeline-0-\(fastest?.position ?? -1)"])
    }

    @Test func `what makes figures doubtful is said before them`() throws {
        var comparison = SampleComparison.whole
        #expect(PageReader(ComparisonPage.html(for: comparison)).with(kind: "notice").isEmpty)
        comparison.isComplete = false
        comparison.machine.isOptimised = false
        comparison.warnings = ["Other programs were busy: end them."]
        let html = ComparisonPage.html(for: comparison)
        #expect(PageReader(html).with(kind: "notice").count == 3)
        let summary = try #require(html.firstRange(of: "id=\"summary\"")?.lowerBound)
        for text in ["was interrupted", "without optimisation", "Other programs were busy: end them."] {
            #expect(try #require(html.firstRange(of: text)?.lowerBound) < summary)
        }
    }

    @Test func `a warning that says it already is not repeated`() {
        var comparison = SampleComparison.whole
        comparison.machine.isOptimised = false
        comparison.warnings = ["This program was built without optimisation; build it with swift build -c release."]
        #expect(PageReader(ComparisonPage.html(for: comparison)).with(kind: "notice").count == 1)
    }

    @Test func `documents that nobody named have a name`() {
        var comparison = SampleComparison.empty
        comparison.corpus.sources = ""
        #expect(ComparisonPage.html(for: comparison).contains("20 documents, 1.20 MB (made by this program)"))
    }

    @Test func `English letters make up the whole`() {
        #expect(EnglishFrequencies.percentages.count == 26)
        #expect(abs(EnglishFrequencies.percentages.reduce(0, +) - 100) < 0.1)
    }
}
