// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import lettercount

@Suite(
    .serialized, .leavesNothingBehind,
    .enabled(if: Browser.path != nil, "there is no chromium, chromium-browser or google-chrome in PATH")
)
struct BrowserTests {
    /// Writes each visible chart's size and the page's own into the document.
    private static let measure = """
        Array.from(document.querySelectorAll("svg.chart")).forEach(function (chart) {
          var box = chart.getBoundingClientRect();
          chart.dataset.width = Math.round(box.width);
          chart.dataset.height = Math.round(box.height);
        });
        var overlaps = [];
        Array.from(document.querySelectorAll("svg.chart")).forEach(function (chart) {
          var texts = Array.from(chart.querySelectorAll("text")).map(function (text) {
            return { text: text.textContent, box: text.getBoundingClientRect() };
          }).filter(function (entry) { return entry.box.width > 0; });
          texts.forEach(function (one, index) {
            texts.slice(index + 1).forEach(function (other) {
              var across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
              var down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
              // Line boxes are higher than their letters.
              if (across > 0 && down > 5) { overlaps.push(chart.id + ": " + one.text + " / " + other.text); }
            });
          });
        });
        Array.from(document.querySelectorAll("svg.rows .row")).forEach(function (row) {
          var value = row.querySelector(".value").getBoundingClientRect();
          Array.from(row.querySelectorAll(".bar, .point, .whisker")).forEach(function (mark) {
            if (value.width > 0 && mark.getBoundingClientRect().right > value.left) {
              overlaps.push(row.closest("svg.chart").id + ": " + row.dataset.model);
            }
          });
        });
        document.documentElement.dataset.window = window.innerWidth;
        document.documentElement.dataset.overlaps = overlaps.join("; ");
        document.documentElement.dataset.overflow = document.documentElement.scrollWidth - window.innerWidth;
        """

    private static let html = ComparisonPage.html(for: SampleComparison.whole)

    private static func root(_ opened: Browser.Opened) -> [String: String] {
        opened.page.elements.first { $0.name == "html" }?.attributes ?? [:]
    }

    private static func expectNoErrors(_ opened: Browser.Opened) {
        #expect(opened.errors == [])
        #expect(root(opened)["data-ready"] == "yes")
        #expect(root(opened)["data-errors"] == "0", "\(root(opened)["data-last-error"] ?? "")")
        #expect(root(opened)["data-differences"] == "0")
    }

    @Test(arguments: [400, 1_199, 1_200])
    func `every chart can be seen, and nothing is wider than the window`(_ width: Int) async throws {
        let opened = try await Browser.open(Self.html, probe: Self.measure, width: width)
        Self.expectNoErrors(opened)
        #expect(Int(Self.root(opened)["data-overflow"] ?? "") ?? 1 <= 0)
        #expect(Self.root(opened)["data-window"] == "\(width)")
        #expect(Self.root(opened)["data-overlaps"] == "")
        let charts = opened.page.with(kind: "chart").filter { $0.attributes["data-width"] != "0" }
        let names = Set(charts.compactMap { $0.attributes["id"] })
        for index in 0...1 {
            for name in ["time", "speedup", "memory", "processor", "lost", "scaling-workers", "scaling-bytes"] {
                #expect(names.contains("\(name)-\(index)"))
            }
        }
        #expect(names.contains("letters-chart"))
        #expect(names.count { $0.hasPrefix("timeline-") && !$0.hasSuffix("-axis") } == 1)
        for chart in charts {
            #expect(Int(chart.attributes["data-width"] ?? "") ?? 0 >= 60)
            #expect(Int(chart.attributes["data-height"] ?? "") ?? 0 >= 20)
        }
    }

    @Test func `the figures in the browser are those of the JSON`() async throws {
        let opened = try await Browser.open(Self.html)
        Self.expectNoErrors(opened)
        let json = ComparisonJSON.value(of: SampleComparison.whole)
        let figures = opened.page.elements.filter {
            $0.attributes["data-key"] != nil && $0.attributes["data-value"] != nil
        }
        #expect(figures.count > 1_000)
        #expect(Self.root(opened)["data-figures"] == "\(figures.count)")
        for figure in figures {
            #expect(json.number(at: figure.attributes["data-key"] ?? "") == figure.attributes["data-value"])
        }
    }

    @Test func `figures that differ from the JSON are found by the page itself`() async throws {
        let html = Self.html
        let place = try #require(html.firstRange(of: "data-key=\"workloads.0.models.0.seconds.median\" data-value=\""))
        let opened = try await Browser.open(
            String(html[..<place.upperBound] + "9" + html[place.upperBound...]))
        #expect(Self.root(opened)["data-differences"] == "1")
    }

    @Test func `a timeline can be chosen and looked at closely`() async throws {
        let probe = """
            var choice = document.getElementById("timeline-choice");
            choice.value = "timeline-1-2";
            choice.dispatchEvent(new Event("change"));
            document.querySelector("[data-zoom=in]").click();
            document.querySelector("[data-zoom=right]").click();
            var box = document.querySelector("#timeline-1-2 .document").getBoundingClientRect();
            document.querySelector("#timeline-1-2 .document rect").dispatchEvent(new PointerEvent("pointermove",
              { bubbles: true, clientX: box.left + 1, clientY: box.top + 1 }));
            """
        let opened = try await Browser.open(Self.html, probe: probe)
        Self.expectNoErrors(opened)
        let panels = opened.page.with(kind: "timeline-panel").filter { $0.attributes["open"] != nil }
        #expect(panels.map { $0.attributes["data-timeline"] } == ["timeline-1-2"])
        let chosen = opened.page.elements.drop { $0.attributes["id"] != "timeline-1-2" }
        let drawing = try #require(chosen.first { $0.attributes["class"] == "drawing" })
        let view = (drawing.attributes["viewBox"] ?? "").split(separator: " ").compactMap { Double($0) }
        let span = SampleComparison.whole.workloads[1].models[2].timeline.map(\.end).max() ?? 0
        try #require(view.count == 4)
        #expect(abs(view[2] - span * 500) < 0.01)
        #expect(abs(view[0] - span * 450) < 0.01)
        let tip = try #require(opened.page.with(kind: "tip").first)
        #expect(tip.attributes["hidden"] == nil)
        #expect(tip.text.hasPrefix("rfc1000.txt\nthread 4711\nwait 0 s"))
    }

    @Test func `a table is sorted by the column that is clicked`() async throws {
        let probe = """
            Array.from(document.querySelectorAll("#letters-table th button")).filter(function (button) {
              return button.textContent === "Count";
            })[0].click();
            """
        let opened = try await Browser.open(Self.html, probe: probe)
        Self.expectNoErrors(opened)
        let counts = opened.page.elements.compactMap { element -> UInt64? in
            guard element.name == "td", element.attributes["data-key"]?.hasPrefix("corpus.letters.") == true else {
                return nil
            }
            return element.attributes["data-value"].flatMap { UInt64($0) }
        }
        #expect(counts.count == 26)
        #expect(counts == counts.sorted())
    }

    @Test(arguments: ["nothing was measured", "many workers", "hostile names", "scalings without fits"])
    func `a browser has nothing to complain of where`(_ name: String) async throws {
        let opened = try await Browser.open(
            ComparisonPage.html(for: OddComparisons.named(name)), probe: Self.measure, width: 420)
        Self.expectNoErrors(opened)
        #expect(Int(Self.root(opened)["data-overflow"] ?? "") ?? 1 <= 0)
    }
}
