// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// JSON with its members in the order in which they are written. A coder would put them in the order of their names or in
/// none.
enum JSONValue: Sendable, ExpressibleByNilLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    case null
    case bool(Bool)
    /// As it is to be written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    init(nilLiteral: ()) { self = .null }
    init(stringLiteral value: String) { self = .string(value) }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }

    init(_ value: Bool) { self = .bool(value) }
    init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    init(_ value: some FixedWidthInteger) { self = .number("\(value)") }
    init<Value: FixedWidthInteger>(_ value: Value?) { self = value.map { .number("\($0)") } ?? .null }

    /// Seconds and ratios: with nine places behind the point, but without the zeros at their end.
    init(_ value: Double?) {
        guard let value, abs(value) < 1e18 else {
            self = .null
            return
        }
        self = .number(Self.text(value))
    }

    private static func text(_ value: Double) -> String {
        // From a thousand million on there is no room for nine places; a nanosecond for each byte needs more.
        let isLarge = abs(value) >= 1e9
        let places = isLarge ? 0 : abs(value) < 1e-6 ? 15 : 9
        let digits = Decimals.text(abs(value), places: places) + (isLarge ? "." : "")
        let whole = String(digits.reversed().drop { $0 == "0" }.reversed())
        let shortest = whole.hasSuffix(".") ? whole + "0" : whole
        return value < 0 && shortest.contains { ("1"..."9").contains($0) } ? "-" + shortest : shortest
    }

    /// An array or object of nothing but plain values stands on one line, every other one on lines of its own.
    var text: String { text(indentation: "") }

    /// All of it on one line.
    var line: String {
        switch self {
        case .array(let elements): "[" + elements.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { JSONText.string($0) + ": " + $1.line }.joined(separator: ", ") + "}"
        default: text
        }
    }

    private func text(indentation: String) -> String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .string(let text): JSONText.string(text)
        case .array(let elements):
            Self.text(elements.map { ("", $0) }, isPlain, "[", "]", indentation)
        case .object(let members):
            Self.text(members.map { (JSONText.string($0) + ": ", $1) }, isPlain, "{", "}", indentation)
        }
    }

    private static func text(
        _ members: [(prefix: String, value: JSONValue)], _ isPlain: Bool, _ open: String, _ close: String,
        _ indentation: String
    ) -> String {
        if members.isEmpty { return open + close }
        if isPlain { return open + members.map { $0.prefix + $0.value.text }.joined(separator: ", ") + close }
        let inner = indentation + "  "
        let lines = members.map { inner + $0.prefix + $0.value.text(indentation: inner) }
        return open + "\n" + lines.joined(separator: ",\n") + "\n" + indentation + close
    }

    private var isPlain: Bool {
        switch self {
        case .array(let elements): elements.allSatisfy(\.isScalar)
        case .object(let members): members.allSatisfy { $1.isScalar }
        default: true
        }
    }

    private var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }
}
