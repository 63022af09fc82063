// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import lettercount

@Suite struct MarkupTests {
    @Test func `text is escaped`() {
        #expect(Markup("a<b>&\"c\"'d'").html == "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;")
    }

    @Test func `control characters, and those that turn the text around, are shown and have no effect`() {
        #expect(Markup("a\u{0}\u{1b}\n\u{7f}\u{9b}\u{202e}b").html == "a␀␛␊␡\u{fffd}\u{fffd}b")
    }

    @Test func `attributes are escaped, and left out without a value`() {
        let markup = tag("p", ["title": "\"><script>", "class": nil, "id": "x"]) { "y" }
        #expect(markup.html == "<p title=\"&quot;&gt;&lt;script&gt;\" id=\"x\">y</p>\n")
    }

    @Test func `elements without content are not ended`() {
        #expect(tag("meta", ["charset": "utf-8"]).html == "<meta charset=\"utf-8\">\n")
        #expect(tag("rect").html == "<rect></rect>\n")
    }

    @Test func `JSON cannot end its element`() {
        let json = Markup.json("[\"</script><!--\"]").html
        #expect(json == "[\"\\u003c/script>\\u003c!--\"]")
    }

    @Test func `coordinates are short`() {
        #expect(
            [0, 0.1, 12.345_678, -3, 100, 1e-9, .nan].map(SVG.number) == ["0", "0.1", "12.346", "-3", "100", "0", "0"])
    }
}
