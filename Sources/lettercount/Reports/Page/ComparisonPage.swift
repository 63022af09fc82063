// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// A comparison as one page of HTML that needs nothing else: charts, tables of the same numbers, and the JSON.
///
/// Every number on it carries the JSON's own text of it and where the JSON has it, and the page's script compares them all
/// when it is opened.
enum ComparisonPage {
    static func html(for comparison: Comparison) -> String {
        "<!DOCTYPE html>\n"
            + tag("html", ["lang": "en"]) {
                head(comparison)
                tag("body") {
                    tag("a", ["class": "skip", "href": "#summary"]) { "Skip to the summary" }
                    definitions
                    header(comparison)
                    tag("main") {
                        notices(comparison)
                        SummarySection(comparison: comparison).markup
                        comparison.workloads.enumerated().map {
                            WorkloadSection(result: $0.element, index: $0.offset).markup
                        }
                        TimelineSection(workloads: comparison.workloads).markup
                        if !comparison.scalings.isEmpty { ScalingSection(scalings: comparison.scalings).markup }
                        LetterSection(corpus: comparison.corpus).markup
                        FactsSection(comparison: comparison).markup
                    }
                    footer(comparison)
                    tag("script", ["type": "application/json", "id": "data"]) {
                        Markup.json(ComparisonJSON.text(of: comparison))
                    }
                    tag("script") { PageScript.markup }
                }
            }.html
    }

    private static func head(_ comparison: Comparison) -> Markup {
        let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
        return tag("head") {
            tag("meta", ["charset": "utf-8"])
            tag("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
            tag("meta", ["name": "color-scheme", "content": "light dark"])
            tag("meta", ["http-equiv": "Content-Security-Policy", "content": policy])
            tag("title") { "\(title(comparison)): \(comparison.corpus.sourcesText)" }
            tag("style") { StyleSheet.markup }
        }
    }

    /// What charts refer to; it takes no room. Stripes tell wrong bars from others without colours too.
    private static var definitions: Markup {
        let pattern: Attributes = [
            "id": "lost-pattern", "patternUnits": "userSpaceOnUse", "width": "5", "height": "5",
            "patternTransform": "rotate(45)",
        ]
        return tag("svg", ["width": "0", "height": "0", "class": "definitions", "aria-hidden": "true"]) {
            tag("defs") {
                tag("pattern", pattern) { tag("rect", ["width": "3.2", "height": "5", "class": "stripe"]) }
            }
        }
    }

    private static func title(_ comparison: Comparison) -> String {
        comparison.workloads.isEmpty && !comparison.scalings.isEmpty
            ? "How counting letters scales" : "Ways of counting letters, compared"
    }

    private static func header(_ comparison: Comparison) -> Markup {
        let corpus = comparison.corpus
        let documents = corpus.documents == 1 ? "1 document" : "\(Quantity.grouped(corpus.documents)) documents"
        return tag("header", ["class": "top"]) {
            tag("p", ["class": "program"]) { "lettercount \(comparison.machine.version)" }
            tag("h1") { title(comparison) }
            tag("p", ["class": "facts"]) {
                for fact in [
                    "\(documents), \(Quantity.bytes.text(Double(corpus.bytes))) (\(corpus.sourcesText))",
                    "\(comparison.machine.processor), \(comparison.machine.usableProcessors) usable", date(comparison),
                ] { tag("span") { fact } }
            }
            tag("nav", ["aria-label": "Contents"]) {
                contents(comparison).map { id, name in tag("a", ["href": "#" + id]) { name } }
            }
        }
    }

    private static func contents(_ comparison: Comparison) -> [(String, String)] {
        let hasTimelines = comparison.workloads.contains { $0.models.contains { !$0.timeline.isEmpty } }
        return [("summary", "In short")]
            + comparison.workloads.enumerated().map { ("workload-\($0.offset)", $0.element.workload.title) }
            + (hasTimelines ? [("timelines", "Timeline")] : [])
            + (comparison.scalings.isEmpty ? [] : [("scaling", "Scaling")])
            + [("letters", "Letters"), ("facts", "Machine"), ("method", "Method")]
    }

    /// `2026-11-24T16:20:00Z` as people write it.
    static func date(_ comparison: Comparison) -> String {
        comparison.date.replacingEach("T", by: " ").replacingEach("Z", by: " UTC")
    }

    @MarkupBuilder private static func notices(_ comparison: Comparison) -> Markup {
        if !comparison.isComplete {
            notice("Not complete", "The comparison was interrupted. What was measured until then is shown.")
        }
        // Whoever compares may have said it already, with the remedy.
        if !comparison.machine.isOptimised, !comparison.warnings.contains(where: { $0.contains("optimis") }) {
            notice("Not optimised", "The program was built without optimisation: these times mean nothing.")
        }
        comparison.warnings.map { notice("Warning", $0) }
    }

    private static func notice(_ title: String, _ text: String) -> Markup {
        tag("p", ["class": "notice", "role": "note"]) {
            tag("strong") { "! \(title). " }
            text
        }
    }

    private static func footer(_ comparison: Comparison) -> Markup {
        tag("footer") {
            tag("p") {
                "Made by lettercount \(comparison.machine.version) on \(date(comparison)). The whole comparison is within this "
                "page as JSON, in the element with the id “data”. "
                tag("span", ["id": "check"])
            }
        }
    }
}
