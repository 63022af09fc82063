// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The few pieces of JSON that are needed.
enum JSONText {
    static func member(_ name: String, _ value: String) -> String { "\(string(name)): \(value)" }

    /// Elements on lines of their own, indented by two blanks.
    static func block(_ elements: [String], _ open: String, _ close: String) -> String {
        if elements.isEmpty { return open + close }
        let inner = elements.joined(separator: ",\n").split(separator: "\n").map { "  " + $0 }
        return "\(open)\n\(inner.joined(separator: "\n"))\n\(close)"
    }

    /// A quoted string. Besides what must be, control characters of Unicode are escaped, for the terminal's sake.
    static func string(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
                quoted += "\\u" + Decimals.right(String(scalar.value, radix: 16), width: 4, fill: "0")
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
