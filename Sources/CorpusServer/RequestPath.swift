// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The path of a request, taken apart.
enum RequestPath {
    /// The names along the path, or `nil` for a path that could mean anything but a file below the folder.
    ///
    /// The path is divided before its percent signs are decoded, so that an encoded slash cannot become a border. Such
    /// a name, one with a zero byte, and `.` and `..` however they are written have no file here.
    static func names(in path: String) -> [String]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        // What is before the first slash is empty in every proper path.
        guard parts.count > 1, parts.first == "" else { return nil }
        var names: [String] = []
        for part in parts.dropFirst() {
            guard let name = decoded(part), !["", ".", ".."].contains(name) else { return nil }
            guard !name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == 0 }) else { return nil }
            names.append(name)
        }
        return names
    }

    /// The part with its percent signs decoded, or `nil` where that is not UTF-8 or a sign has no two digits.
    private static func decoded(_ part: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(part.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
            guard digits.count == 2 else { return nil }
            bytes.append(UInt8(digits[0] * 16 + digits[1]))
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
