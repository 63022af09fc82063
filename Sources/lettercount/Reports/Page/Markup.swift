// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// Text of HTML or SVG that is ready to be written. What comes from outside is escaped on its way in; only what stands in
/// this program's source gets in as it is.
struct Markup: Sendable {
    let html: String

    static let nothing = Markup(html: "")
    static let lineBreak = Markup(html: "\n")

    private init(html: String) { self.html = html }

    /// Text, escaped.
    init(_ text: String) { html = Self.escaped(text) }

    /// A style sheet or a script of this program's own.
    static func literal(_ text: StaticString) -> Markup { Markup(html: "\(text)") }

    /// JSON within a `script` element. A `<` can only stand in a string, where it may be written as an escape: so nothing in
    /// it can end the element or begin a comment.
    static func json(_ text: String) -> Markup {
        Markup(html: text.replacingEach("<", by: "\\u003c"))
    }

    static func joined(_ parts: [Markup]) -> Markup { Markup(html: parts.map(\.html).joined()) }

    static func element(_ name: StaticString, _ attributes: Attributes, _ content: Markup) -> Markup {
        let start = "<\(name)\(attributes.html)>"
        let name = "\(name)"
        if void.contains(name) { return Markup(html: start + "\n") }
        return Markup(html: "\(start)\(content.html)</\(name)>" + (inline.contains(name) ? "" : "\n"))
    }

    /// Elements without content.
    private static let void: Set = ["meta", "br", "input"]
    /// Behind these, a new line would be a blank in the text.
    private static let inline: Set = ["span", "strong", "code", "a", "abbr", "text", "tspan", "button", "option", "td"]

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(visible(scalar))
            }
        }
        return escaped
    }

    /// Control characters as their pictures: most are not allowed in HTML, and some turn the direction of the text around
    /// them.
    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0...0x1f: Unicode.Scalar(0x2400 + scalar.value) ?? "\u{fffd}"
        case 0x7f: "\u{2421}"
        case 0x80...0x9f, 0x2028...0x202e, 0x2066...0x2069, 0xfdd0...0xfdef: "\u{fffd}"
        case let value where value & 0xfffe == 0xfffe: "\u{fffd}"
        default: scalar
        }
    }
}

extension String {
    /// With every such sign replaced.
    func replacingEach(_ sign: Unicode.Scalar, by replacement: String) -> String {
        unicodeScalars.reduce(into: "") { text, scalar in
            if scalar == sign { text += replacement } else { text.unicodeScalars.append(scalar) }
        }
    }
}

/// Names and values of an element, in their order; those without a value are left out.
struct Attributes: ExpressibleByDictionaryLiteral, Sendable {
    private var members: [(name: String, value: String)]

    init(dictionaryLiteral elements: (String, String?)...) {
        members = elements.compactMap { name, value in value.map { (name, $0) } }
    }

    static func + (left: Attributes, right: Attributes) -> Attributes {
        var sum = left
        sum.members += right.members
        return sum
    }

    var html: String { members.map { " \($0.name)=\"\(Markup.escaped($0.value))\"" }.joined() }
}

/// An element; a string in its content is text.
func tag(
    _ name: StaticString, _ attributes: Attributes = [:], @MarkupBuilder _ content: () -> Markup = { .nothing }
) -> Markup {
    .element(name, attributes, content())
}

/// Lets content be written as a list, with conditions and loops.
@resultBuilder enum MarkupBuilder {
    static func buildExpression(_ text: String) -> Markup { Markup(text) }
    static func buildExpression(_ markup: Markup) -> Markup { markup }
    static func buildExpression(_ parts: [Markup]) -> Markup { .joined(parts) }
    static func buildBlock(_ parts: Markup...) -> Markup { .joined(parts) }
    static func buildOptional(_ part: Markup?) -> Markup { part ?? .nothing }
    static func buildEither(first: Markup) -> Markup { first }
    static func buildEither(second: Markup) -> Markup { second }
    static func buildArray(_ parts: [Markup]) -> Markup { .joined(parts) }
}
