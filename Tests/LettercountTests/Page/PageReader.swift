// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

@testable import lettercount

/// The elements of a page, as the page's text or a browser gives them.
struct PageReader {
    struct Element {
        var name: String
        var attributes: [String: String]
        /// As written, up to the next tag.
        var text: String
    }

    private(set) var elements: [Element] = []
    /// End tags that end nothing, and elements that are never ended.
    private(set) var faults: [String] = []

    private var open: [String] = []
    private var rest: Substring

    private static let void: Set = ["meta", "br", "input", "link", "img"]

    init(_ html: String) {
        rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...].dropFirst()
            if rest.hasPrefix("!") { continue }
            readTag()
        }
        faults += open.map { "<\($0)> is not ended" }
    }

    func with(id: String) -> Element? { elements.first { $0.attributes["id"] == id } }

    func with(kind: String) -> [Element] {
        elements.filter { ($0.attributes["class"] ?? "").split(separator: " ").contains(kind[...]) }
    }

    private mutating func readTag() {
        let isEnd = rest.hasPrefix("/")
        if isEnd { rest = rest.dropFirst() }
        let name = String(rest.prefix { $0.isLetter || $0.isNumber })
        rest = rest.dropFirst(name.count)
        if isEnd {
            if open.last == name { open.removeLast() } else { faults.append("</\(name)> within \(open.suffix(3))") }
            return
        }
        let attributes = readAttributes()
        let text = readText(of: name)
        elements.append(Element(name: name, attributes: attributes, text: text))
        if !Self.void.contains(name) { open.append(name) }
    }

    private mutating func readAttributes() -> [String: String] {
        var attributes: [String: String] = [:]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "/" }
            guard let first = rest.first, first != ">" else { break }
            let name = rest.prefix { $0 != "=" && $0 != ">" && !$0.isWhitespace }
            // A sign that cannot begin a name is passed over, so that broken pages are read to their ends too.
            rest = name.isEmpty ? rest.dropFirst() : rest[name.endIndex...]
            guard rest.hasPrefix("=\"") else {
                attributes[String(name)] = ""
                continue
            }
            rest = rest.dropFirst(2)
            let value = rest.prefix { $0 != "\"" }
            rest = rest[value.endIndex...].dropFirst()
            attributes[String(name)] = Self.plain(value)
        }
        rest = rest.dropFirst()
        return attributes
    }

    /// A script and a style sheet go on to their end tags.
    private mutating func readText(of name: String) -> String {
        guard name == "script" || name == "style" else { return Self.plain(rest.prefix { $0 != "<" }) }
        var text = ""
        while !rest.isEmpty, !rest.hasPrefix("</\(name)") {
            let part = rest.dropFirst().prefix { $0 != "<" }
            text += rest[..<part.endIndex]
            rest = rest[part.endIndex...]
        }
        return text
    }

    private static func plain(_ text: some StringProtocol) -> String {
        let parts = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        return parts.reduce(String(text)) { text, part in
            text.split(separator: part.0, omittingEmptySubsequences: false).joined(separator: part.1)
        }
    }
}

extension JSONValue {
    /// The number at a place such as `workloads.0.seconds`, as it is written; nil where there is none.
    func number(at place: String) -> String? {
        var value = self
        for name in place.split(separator: ".") {
            switch value {
            case .object(let members):
                guard let member = members.first(where: { $0.0 == name }) else { return nil }
                value = member.1
            case .array(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        if case .number(let text) = value { return text }
        return nil
    }
}
