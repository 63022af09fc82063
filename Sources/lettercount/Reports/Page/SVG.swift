// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The few shapes of which the charts are made.
///
/// Positions across are percentages, so that a chart is as wide as there is room while its text keeps its size; positions
/// down are pixels.
enum SVG {
    static func percent(_ value: Double) -> String { number(value) + "%" }

    /// With at most three places, which is finer than a pixel.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "0" }
        var text = Decimals.text(abs(value), places: 3)[...]
        while text.hasSuffix("0") { text = text.dropLast() }
        if text.hasSuffix(".") { text = text.dropLast() }
        return (value < 0 && text != "0" ? "-" : "") + text
    }

    /// A picture with a name and a description for those who do not see it.
    static func picture(
        _ kind: String, id: String, title: String, description: String, height: Double, style: String? = nil,
        @MarkupBuilder _ content: () -> Markup
    ) -> Markup {
        let attributes: Attributes = [
            "class": "chart \(kind)", "id": id, "role": "img", "aria-labelledby": "\(id)-title \(id)-desc",
            "width": "100%", "height": number(height), "style": style,
        ]
        return tag("svg", attributes) {
            tag("title", ["id": id + "-title"]) { title }
            tag("desc", ["id": id + "-desc"]) { description }
            content()
        }
    }

    /// An area of the picture with percentages of its own.
    static func area(
        _ kind: String, x: Double = 0, y: Double = 0, width: Double, height: String,
        @MarkupBuilder _ content: () -> Markup
    ) -> Markup {
        let attributes: Attributes = [
            "class": kind, "x": percent(x), "y": number(y), "width": percent(width), "height": height,
        ]
        return tag("svg", attributes, content)
    }

    static func line(_ kind: String, from start: (x: String, y: String), to end: (x: String, y: String)) -> Markup {
        tag("line", ["class": kind, "x1": start.x, "y1": start.y, "x2": end.x, "y2": end.y])
    }

    static func text(_ kind: String, x: String, y: Double, anchor: String? = nil, _ text: String) -> Markup {
        tag("text", ["class": kind, "x": x, "y": number(y), "text-anchor": anchor]) { text }
    }
}
